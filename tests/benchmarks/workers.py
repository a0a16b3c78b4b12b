"""Ours and the plain one, side by side as processes: each with topics of its own, of the same kind."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.answering import Way, sender
from mfa_contracts import topics as catalogue
from mfa_local.topics import make_topics
from mfa_local.workers import running_workers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from benchmarks.answering import Sender
    from mfa_local.connection import Connection

OURS: Final = Way(catalogue.COMMANDS, catalogue.OUTCOMES)
RAW: Final = Way("bench.raw.commands", "bench.raw.outcomes")
TESTS: Final = Path(__file__).parents[1]
RAW_EVENTS: Final = "bench.raw.events"
_READY_SECONDS: Final = 30.0


@asynccontextmanager
async def both(connection: Connection) -> AsyncIterator[tuple[Sender, Sender]]:
    """Run both workers; gives a sender to each, ours first."""
    servers, partitions = connection.kafka_bootstrap, connection.partitions
    await make_topics(servers, [RAW.commands, RAW.outcomes, RAW_EVENTS], partitions, {})
    async with (
        running_workers(connection, ("mfa_commands",)),
        _raw_worker(connection),
        sender(servers, OURS, partitions) as ours,
        sender(servers, RAW, partitions) as raw,
    ):
        yield ours, raw


@asynccontextmanager
async def _raw_worker(connection: Connection) -> AsyncIterator[None]:
    own = {"BENCH_TOPICS": f"{RAW.commands},{RAW_EVENTS},{RAW.outcomes}", "PYTHONPATH": str(TESTS)}
    told = {**os.environ, **connection.environment(), **own}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.raw_worker", env=told, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        if not await asyncio.wait_for(process.stdout.readline(), _READY_SECONDS):
            raise RuntimeError("expected the raw worker to become ready, but it ended; its error is above")
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
