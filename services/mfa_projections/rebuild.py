"""Rebuilding all tables of the read side from the logs, or going back: what ``mfa rebuild`` calls."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.connection import Connection
from exactly_once.adapters.process import collect_rarely
from mfa_projections.adapters.connecting import pool_at
from mfa_projections.adapters.statements import OURS
from mfa_projections.adapters.versions import PostgresVersions
from mfa_projections.projecting import AuditTable, Views
from mfa_projections.projecting.rebuilding import Rebuild
from mfa_projections.wiring import Topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from mfa_projections.adapters.statements import Shape

_CONNECTIONS: Final = 8
"""One for the lock, one to hold a version, one to compare; the others fill."""


@asynccontextmanager
async def rebuilding(
    kafka_bootstrap: str,
    database_url: str,
    *,
    progressed: Callable[[str, int], None] = lambda _projection, _records: None,
    names: Topics | None = None,
    shape: Shape = OURS,
) -> AsyncIterator[Rebuild]:
    """What can make the next version of the tables, compare it, show it, and go back; workers may run meanwhile.

    Args:
        kafka_bootstrap: ``host:port``, several with commas.
        database_url: ``postgresql://…`` of a migrated database.
        progressed: told the projection's name and how many records one more transaction has applied.
        names: other topics than the catalogue's.
        shape: other tables than this program's.

    Raises:
        BrokerError: no answer, or a topic is not there.
    """
    collect_rarely()
    topics = names or Topics()
    projections = (Views(topics.events), AuditTable(topics.audit))
    log = AiokafkaLog(Connection(kafka_bootstrap))
    try:
        async with versions_at(database_url, shape=shape) as database:
            found = {projection.name: await log.identity((projection.topic,)) for projection in projections}
            yield Rebuild(projections, database, log, found, progressed)
    finally:
        await log.close()


@asynccontextmanager
async def versions_at(
    url: str, most_connections: int = _CONNECTIONS, shape: Shape = OURS
) -> AsyncIterator[PostgresVersions]:
    """The database at an address, as a rebuild needs it; it is connected to at first use."""
    async with pool_at(url, most_connections) as pool:
        yield PostgresVersions(pool, shape=shape)
