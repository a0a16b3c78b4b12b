"""Reading a log in part."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactly_once import Record


@asynccontextmanager
async def closing(reading: AsyncIterator[Sequence[Record]]) -> AsyncIterator[AsyncIterator[Sequence[Record]]]:
    """End a reading with its block: left half-read, a generator keeps its connection until it is collected."""
    try:
        yield reading
    finally:
        if isinstance(reading, AsyncGenerator):
            await reading.aclose()
