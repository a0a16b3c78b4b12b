"""The bounded queue between the consumer and a lease."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exactly_once.records import Record


class Inbox:
    """Records that were delivered and not yet decided, in offset order.

    It is full by count or bytes; one delivery may go over the bound, since the consumer is paused
    only afterwards.
    """

    def __init__(self, most_records: int, most_bytes: int) -> None:
        self._most_records = most_records
        self._most_bytes = most_bytes
        self._records: deque[Record] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._records)

    def put(self, records: Sequence[Record]) -> None:
        """Add records at the end."""
        self._records.extend(records)
        self._bytes += sum(r.size for r in records)
        self._filled.set()

    def put_back(self, records: Sequence[Record]) -> None:
        """Put records that were taken back to the front, in their order."""
        self._records.extendleft(reversed(records))
        self._bytes += sum(r.size for r in records)
        self._filled.set()

    def clear(self) -> None:
        """Forget everything; the consumer is made to deliver it again."""
        self._records.clear()
        self._bytes = 0
        self._filled.clear()

    @property
    def is_full(self) -> bool:
        """Whether the consumer should pause."""
        return len(self._records) >= self._most_records or self._bytes >= self._most_bytes

    @property
    def is_low(self) -> bool:
        """Whether a paused consumer should go on: at half the bound, so that it does not flicker."""
        return 2 * len(self._records) <= self._most_records and 2 * self._bytes <= self._most_bytes

    async def first(self) -> Record:
        """Wait for a record and look at it."""
        while not self._records:
            self._filled.clear()
            await self._filled.wait()
        return self._records[0]

    def take(self, most_records: int, most_bytes: int) -> tuple[Record, ...]:
        """Take what is there now, at least one record and no more than the bounds; never waits for more."""
        taken: list[Record] = []
        size = 0
        while self._records and len(taken) < most_records:
            size += self._records[0].size
            if taken and size > most_bytes:
                break
            taken.append(self._records.popleft())
        self._bytes -= sum(r.size for r in taken)
        return tuple(taken)
