"""Rebuilding all tables of the read side from the logs: what ``mfa rebuild`` calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once import HaltedError
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.connection import Connection
from exactly_once.adapters.process import collect_rarely
from mfa_projections.projecting import AuditTable, Views
from mfa_projections.projecting.rebuilding import Rebuild
from mfa_projections.wiring import Topics, database_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


async def rebuild(
    kafka_bootstrap: str,
    database_url: str,
    *,
    progressed: Callable[[str, int], None] = lambda _projection, _records: None,
    names: Topics | None = None,
) -> Mapping[str, int]:
    """Empty the tables of the current version and fold them anew from offset 0; a worker may run meanwhile.

    Args:
        kafka_bootstrap: ``host:port``, several with commas.
        database_url: ``postgresql://…`` of a migrated database.
        progressed: told the projection's name and how many records one more transaction has applied.
        names: other topics than the catalogue's.

    Returns:
        By projection, how many records were applied here.

    Raises:
        HaltedError: a record cannot be read, or a user's sequence is broken; the message names the place. All else is
            rebuilt.
        StoreError, BrokerError: no answer.
    """
    collect_rarely()
    topics = names or Topics()
    applied: dict[str, int] = {}
    halts: list[HaltedError] = []
    log = AiokafkaLog(Connection(kafka_bootstrap))
    try:
        async with database_at(database_url) as database:
            for projection in (Views(topics.events), AuditTable(topics.audit)):
                applied[projection.name] = 0

                def note(records: int, name: str = projection.name) -> None:
                    applied[name] += records
                    progressed(name, records)

                try:
                    await Rebuild(projection, database, log, note).run(await log.identity((projection.topic,)))
                except HaltedError as error:
                    halts.append(error)
    finally:
        await log.close()
    for halt in halts:
        raise halt
    return applied
