"""Something to play on: what ``./run up`` runs already, or servers and workers of our own."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from mfa_cli.connection import connection_now
from mfa_cli.errors import NothingRunningError
from mfa_local.stack import local_stack
from mfa_local.workers import running_workers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from mfa_local.connection import Connection


@asynccontextmanager
async def something_running(environ: Mapping[str, str]) -> AsyncIterator[tuple[Connection, bool]]:
    """How to reach Kafka and PostgreSQL with both workers at work, and whether they ran before."""
    there = await already_up(environ)
    if there is not None:
        yield there, True
        return
    async with AsyncExitStack() as stack:
        started = await stack.enter_async_context(local_stack(environ))
        await stack.enter_async_context(running_workers(started.connection))
        yield started.connection, False


async def already_up(environ: Mapping[str, str]) -> Connection | None:
    """What runs already; None if nothing does, or its file cannot be read: a start writes it anew."""
    try:
        connection = connection_now(environ)
    except NothingRunningError:
        return None
    # A killed launcher leaves its file behind.
    return connection if await _listens(connection.kafka_bootstrap) else None


async def _listens(bootstrap: str) -> bool:
    host, _, port = bootstrap.split(",", maxsplit=1)[0].rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except (OSError, ValueError):
        return False
    writer.close()
    return True
