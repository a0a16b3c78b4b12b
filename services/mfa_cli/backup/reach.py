"""The log of a cluster, for the time of a backup or a restore."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from exactly_once.adapters.aiokafka_log import AiokafkaLog
from mfa_cli.verify.log import LogReader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from exactly_once.adapters.connection import Connection


@asynccontextmanager
async def opened(broker: Connection, on_read: Callable[[int], None]) -> AsyncIterator[tuple[AiokafkaLog, LogReader]]:
    """The log, and a reader of it that waits for transactions under way."""
    log = AiokafkaLog(broker)
    try:
        yield log, LogReader(log, on_read)
    finally:
        await log.close()
