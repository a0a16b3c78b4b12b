"""What every test may ask for: a real Kafka and a real PostgreSQL, started once and only when asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import hypothesis
import pytest

from mfa_local.choice import choose_backend
from mfa_local.databases import drop_database
from mfa_local.errors import LocalError
from mfa_local.settings import parse_choice, read_settings
from mfa_local.versions import versions
from support.backends import fresh_database, make_template, own_loop, running_connection, unique, workers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_local.connection import Connection
    from mfa_local.settings import Choice

KINDS: Final = {
    "unit": "no server, no network",
    "architecture": "rules about the code itself",
    "contract": "published schemas and golden messages",
    "simulation": "many runs of a model, no server",
    "integration": "on a real Kafka or PostgreSQL",
    "chaos": "something is killed or cut while it works",
    "e2e": "everything together",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    default = os.environ.get("MFA_TEST_BACKEND", "auto")
    told = "where Kafka and PostgreSQL come from: auto, configured, containers or embedded (MFA_TEST_BACKEND)"
    parser.addoption("--backend", default=default, help=told)


def pytest_configure(config: pytest.Config) -> None:
    # A busy machine is no counterexample.
    hypothesis.settings.register_profile("mfa", deadline=None)
    hypothesis.settings.load_profile("mfa")
    for kind, told in KINDS.items():
        config.addinivalue_line("markers", f"{kind}: {told}")


def pytest_report_header(config: pytest.Config) -> str:
    try:
        choice = _choice(config)
        backend = choose_backend(read_settings(os.environ), choice)
        return f"backend: {backend} (asked for: {choice}): {versions(backend)}; started when a test first asks for it"
    except LocalError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_collection_modifyitems(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    for item in items:
        item.add_marker(item.path.relative_to(config.rootpath / "tests").parts[0])


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Iterator[Connection]:
    """The session's Kafka and PostgreSQL, with the catalogue's topics and a migrated database."""
    with running_connection(_choice(pytestconfig)) as connection, own_loop() as loop:
        loop.run_until_complete(make_template(connection))
        yield connection


@pytest.fixture(scope="session")
def embedded_stack(stack: Connection) -> Iterator[Connection]:
    """The embedded servers, for tests of themselves: the session's own, or others beside configured ones."""
    if stack.backend == "embedded":
        yield stack
    else:
        with running_connection("embedded") as connection:
            yield connection


@pytest.fixture(scope="session")
def workers(stack: Connection) -> Iterator[Connection]:
    """The session's servers with both workers running on the catalogue's topics and the database ``mfa``.

    Started once for all tests that ask; use a tenant of your own (``unique("t-")``), for the topics are shared.
    """
    with workers_of(stack):
        yield stack


@pytest.fixture
def kafka_bootstrap(stack: Connection) -> str:
    """``host:port`` of the session's Kafka."""
    return stack.kafka_bootstrap


@pytest.fixture
def database_url(stack: Connection) -> Iterator[str]:
    """A migrated, empty database of this test alone."""
    with own_loop() as loop:
        url = loop.run_until_complete(fresh_database(stack))
        yield url
        loop.run_until_complete(drop_database(url))


@pytest.fixture
def topic_prefix() -> str:
    """Begin the names of a test's topics and groups with this: nobody else does."""
    return f"{unique('t-')}."


def _choice(config: pytest.Config) -> Choice:
    return parse_choice(str(config.getoption("--backend")))
