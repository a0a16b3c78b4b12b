"""One Kafka and PostgreSQL for a test session, started when the first test asks for them."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from mfa_local import postgres_home, topics
from mfa_local.databases import copy_database, drop_database, ensure_database, on_server
from mfa_local.migrations import migrate, migrations
from mfa_local.places import Places
from mfa_local.stack import local_stack
from mfa_local.workers import running_workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mfa_local.connection import Connection
    from mfa_local.settings import Choice
    from mfa_local.workers import Worker

_TEMPLATE: Final = "mfa_test_template"


@contextmanager
def running_connection(choice: Choice, environ: Mapping[str, str] = os.environ) -> Iterator[Connection]:
    """A stack in an empty directory of its own, made in this thread; gone at the end, data and all."""
    with tempfile.TemporaryDirectory(prefix="mfa-tests-") as root, own_loop() as loop:
        stack = local_stack({**environ, "MFA_LOCAL_DIR": root}, choice=choice)
        started = loop.run_until_complete(stack.__aenter__())
        try:
            yield started.connection
        finally:
            loop.run_until_complete(stack.__aexit__(None, None, None))
            postgres_home.forget(Places(Path(root)))


@contextmanager
def workers_of(connection: Connection) -> Iterator[Sequence[Worker]]:
    """Both workers on these servers, ready; ended in order."""
    with own_loop() as loop:
        running = running_workers(connection)
        workers = loop.run_until_complete(running.__aenter__())
        try:
            yield workers
        finally:
            loop.run_until_complete(running.__aexit__(None, None, None))


@contextmanager
def own_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop beside the one that the test framework keeps for the thread; asyncio.run would take that one's place."""
    loop = asyncio.new_event_loop()
    try:
        yield loop
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


async def make_template(connection: Connection) -> None:
    """Have a migrated, empty database that each test's own is copied from."""
    template = on_server(connection.database_url, _TEMPLATE)
    await drop_database(template)
    await ensure_database(template)
    await migrate(template, migrations())


async def fresh_database(connection: Connection) -> str:
    """The address of a migrated, empty database of a new name."""
    return await copy_database(connection.database_url, _TEMPLATE, unique("test_"))


async def make_topics(
    bootstrap: str, names: Sequence[str], partitions: int, config: Mapping[str, str] | None = None
) -> None:
    """Make topics with exactly these names; use a ``topic_prefix`` so that no two tests share one."""
    await topics.make_topics(bootstrap, names, partitions, config or {})


def unique(prefix: str) -> str:
    """A name that no other test has."""
    return f"{prefix}{uuid4().hex[:12]}"
