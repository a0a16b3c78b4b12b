"""Stopping a client of aiokafka, whatever state it is in."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

_SECONDS: Final = 2.0


class Stoppable(Protocol):
    """A consumer or a producer."""

    async def stop(self) -> None:
        """Close everything."""
        ...


async def stop(client: Stoppable, seconds: float = _SECONDS) -> None:
    """Stop it, within so many seconds; raises nothing of its own.

    In a task apart: aiokafka awaits the requests that it has just cancelled, and one that was pausing after an error
    passes its cancellation on. Whoever called would take that for their own and end.
    """
    stopping = asyncio.ensure_future(client.stop())
    try:
        await asyncio.wait([stopping], timeout=seconds)
    finally:
        if not stopping.done():
            stopping.cancel()
        elif not stopping.cancelled():
            stopping.exception()
