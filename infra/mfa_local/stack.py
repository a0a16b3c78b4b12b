"""The one launcher for demo and tests: servers, topics, migrations and secrets, all there or a clear error."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from mfa_contracts.topics import catalogue
from mfa_local import places as local
from mfa_local import postgres_home
from mfa_local.choice import choose_backend
from mfa_local.configured import configured_servers
from mfa_local.connection import Connection, to_json
from mfa_local.containers import container_servers
from mfa_local.databases import ensure_database, postgres_version
from mfa_local.embedded import embedded_servers
from mfa_local.migrations import migrate, migrations
from mfa_local.places import Places, claimed
from mfa_local.room import room_needed
from mfa_local.secrets import make_secrets
from mfa_local.settings import read_settings
from mfa_local.topics import ensure_topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from mfa_local.child import Child
    from mfa_local.servers import Servers
    from mfa_local.settings import Backend, Choice, Settings


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs: how to reach it, and the processes that are ours to watch."""

    connection: Connection
    children: tuple[Child, ...]


@asynccontextmanager
async def local_stack(
    environ: Mapping[str, str], *, choice: Choice = "auto", fresh: bool = False
) -> AsyncIterator[Stack]:
    """Run Kafka and PostgreSQL with topics and tables until the end of the block.

    ``fresh`` throws away what the local servers had. While the block runs, ``.local/connection.json`` tells how to
    connect.

    Raises:
        LocalError: something is missing, in use or does not fit; the text says what to do.
    """
    settings = read_settings(environ)
    places = Places(settings.root)
    async with AsyncExitStack() as stack:
        stack.enter_context(room_needed(places.root, "Kafka's and PostgreSQL's data", "MFA_LOCAL_DIR"))
        stack.enter_context(claimed(places))
        # Where the secrets are gone, what was kept with them outside of this directory can no longer be opened.
        if fresh or not places.secrets.exists():
            local.forget(places)
            postgres_home.forget(places)
        make_secrets(places.secrets)
        backend = choose_backend(settings, choice)
        servers = await stack.enter_async_context(_servers(backend, settings, places, environ))
        connection = await _prepared(backend, servers, settings, places)
        stack.callback(places.connection.unlink, missing_ok=True)
        _write_private(places, connection)
        yield Stack(connection, servers.children)


def _servers(
    backend: Backend, settings: Settings, places: Places, environ: Mapping[str, str]
) -> AbstractAsyncContextManager[Servers]:
    match backend:
        case "configured":
            return configured_servers(settings)
        case "containers":
            return container_servers(places)
        case "embedded":
            return embedded_servers(settings, places, environ)
        case _:
            assert_never(backend)


async def _prepared(backend: Backend, servers: Servers, settings: Settings, places: Places) -> Connection:
    await ensure_database(servers.database_url)
    await migrate(servers.database_url, migrations())
    await ensure_topics(
        servers.kafka_bootstrap, catalogue(), partitions=settings.partitions, single_broker=settings.single_broker
    )
    return Connection(
        backend=backend,
        kafka_bootstrap=servers.kafka_bootstrap,
        database_url=servers.database_url,
        embedded=settings.single_broker,
        partitions=settings.partitions,
        secrets_dir=places.secrets,
        log_dir=places.log,
        kafka_version=servers.kafka_version,
        postgres_version=await postgres_version(servers.database_url),
    )


def _write_private(places: Places, connection: Connection) -> None:
    # It holds the database's password.
    places.connection.touch(mode=0o600)
    places.connection.chmod(0o600)
    places.connection.write_text(to_json(connection), encoding="utf-8")
