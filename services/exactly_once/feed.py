"""The way of a partition's records from the consumer to its lease: in order, none missing, none twice.

A seek does not reach what the consumer has already handed out, so the first delivery after one is
believed only if it begins exactly where it should, or follows a seek made between two deliveries.
After that, holes in the offsets are the log's own (markers of transactions). During a rebalance nothing is
believed: the consumer begins anew at the group's offset, which anybody may have moved, before one is told.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from exactly_once.inbox import Inbox
from exactly_once.records import Offset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exactly_once.limits import Limits
    from exactly_once.protocols import Consumer
    from exactly_once.records import Partition, Record


class _Trust(Enum):
    CLOSED = auto()
    """No lease is ready: whatever comes is dropped and delivered again after ``open``."""
    SOUGHT = auto()
    """Sought by the lease; a delivery from before the seek may still be on its way."""
    SOUGHT_BETWEEN = auto()
    """Sought while no delivery was on its way: the next one is what follows."""
    FLOWING = auto()
    """Each delivery follows the one before."""


class Feed:
    """Feeds one lease. Nothing in here waits but ``first``."""

    def __init__(self, consumer: Consumer, partition: Partition, limits: Limits) -> None:
        self._consumer = consumer
        self._partition = partition
        self._inbox = Inbox(limits.queue_records, limits.queue_bytes)
        self._trust = _Trust.CLOSED
        self._expected = Offset(-1)
        self._suspended = False

    def __len__(self) -> int:
        return len(self._inbox)

    def open(self, next_input: Offset) -> None:
        """Let records in from this offset on."""
        self._inbox.clear()
        self._expected = next_input
        self._trust = _Trust.SOUGHT
        self.realign()

    def close(self) -> None:
        """Let nothing in until ``open``. A second call does nothing: the partition may be a later feed's by then."""
        if self._trust is _Trust.CLOSED:
            return
        self._inbox.clear()
        self._trust = _Trust.CLOSED
        self._consumer.pause(self._partition)

    def suspend(self) -> None:
        """Let nothing more in until ``go_on``: a rebalance has begun."""
        self._suspended = True

    def go_on(self) -> None:
        """Let records in again after ``suspend``: the partition has come back."""
        self._suspended = False
        self.realign()

    def realign(self) -> None:
        """Put the consumer where this feed is: after a rebalance it begins wherever the group's offsets say."""
        if self._trust is _Trust.CLOSED:
            self._consumer.pause(self._partition)
            return
        self._trust = _Trust.SOUGHT
        self._consumer.seek(self._partition, self._expected)
        if self._inbox.is_full:
            self._consumer.pause(self._partition)
        else:
            self._consumer.resume(self._partition)

    def take_in(self, delivered: Sequence[Record]) -> int:
        """Take the records that come next, drop the others.

        Returns:
            How many were dropped; they are delivered again or were here before.
        """
        if self._trust is _Trust.CLOSED or self._suspended:
            return len(delivered)
        if self._is_stale(delivered[0].offset):
            self._consumer.seek(self._partition, self._expected)
            self._trust = _Trust.SOUGHT_BETWEEN
            return len(delivered)
        news = [r for r in delivered if r.offset >= self._expected]
        if news:
            self._let_in(news)
        return len(delivered) - len(news)

    async def first(self) -> Record:
        """Wait for a record and look at it."""
        return await self._inbox.first()

    def take(self, most_records: int, most_bytes: int) -> tuple[Record, ...]:
        """Take what is there, at least one and at most this much; let the consumer go on when there is room."""
        taken = self._inbox.take(most_records, most_bytes)
        if self._inbox.is_low:
            self._consumer.resume(self._partition)
        return taken

    def put_back(self, records: Sequence[Record]) -> None:
        """Put records that were taken back to the front."""
        self._inbox.put_back(records)

    def _is_stale(self, first: Offset) -> bool:
        return self._trust is _Trust.SOUGHT and first > self._expected

    def _let_in(self, records: Sequence[Record]) -> None:
        self._trust = _Trust.FLOWING
        self._inbox.put(records)
        self._expected = Offset(records[-1].offset + 1)
        if self._inbox.is_full:
            self._consumer.pause(self._partition)
