"""The whole of verification: every partition, one after the other, and what only the tables together can tell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from mfa_cli.verify.findings import Report, merged
from mfa_cli.verify.log import log_reader
from mfa_cli.verify.partition import verify_partition
from mfa_cli.verify.sources import Sources
from mfa_cli.verify.tables import database
from mfa_cli.verify.whole import verify_whole
from mfa_contracts.topics import AUDIT, AUDIT_STATE, COMMANDS, DEADLETTERS, EVENTS, OUTCOMES, STATE

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S: Final = 30.0
"""So long in all the workers are waited for."""

_TOPICS: Final = (COMMANDS, EVENTS, STATE, OUTCOMES, DEADLETTERS, AUDIT, AUDIT_STATE)


async def verify(
    kafka_bootstrap: str,
    database_url: str,
    *,
    patience_s: float = PATIENCE_S,
    on_partition: Callable[[int, int], None] = lambda _number, _of: None,
    on_read: Callable[[int], None] = lambda _records: None,
) -> Report:
    """Compare everything with everything; workers may run meanwhile.

    Args:
        kafka_bootstrap: ``host:port``, several with commas.
        database_url: ``postgresql://…`` of the migrated database.
        patience_s: how long in all to wait for the workers, in seconds.
        on_partition: told before each partition its number and how many there are.
        on_read: told how many records were read.

    Raises:
        VerifyError: it cannot be looked at.
    """
    late = asyncio.get_running_loop().time() + patience_s
    async with log_reader(kafka_bootstrap, on_read) as log, database(database_url) as tables:
        identity = await log.identity(_TOPICS)
        sources = Sources(log, tables, identity, late)
        found = []
        for number in range(identity.partitions):
            on_partition(number, identity.partitions)
            found.append(await verify_partition(sources, number))
        found.append(await verify_whole(sources))
    return Report(merged(found))
