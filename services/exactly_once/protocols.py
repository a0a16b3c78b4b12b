"""The ports: what this package needs of a Kafka client, and no more.

Implementations: ``exactly_once.adapters`` (aiokafka) and the in-memory model of the tests. Every wait goes
through one of these or through the running loop's own time, so that a simulation can own both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from exactly_once.observations import Observation
    from exactly_once.position import LogIdentity
    from exactly_once.records import Offset, Output, Partition, Record


@dataclass(frozen=True, slots=True)
class Ends:
    """The bounds of a partition's log: the first kept record's offset, the last stable offset, the high watermark."""

    start: Offset
    stable: Offset
    high: Offset


class Producer(Protocol):
    """One transactional producer: a disposable thing, thrown away after any error."""

    async def start(self) -> None:
        """Take the transactional id (InitProducerId): ends and fences whatever the previous owner had open.

        Raises:
            BrokerError: the broker did not answer; throw the producer away.
        """
        ...

    async def begin(self) -> None:
        """Begin a transaction."""
        ...

    async def send(self, topic: str, outputs: Sequence[Output]) -> Offset:
        """Append records of one topic to the producer's partition; returns when the broker has them all.

        The appends are under way at the first step of the coroutine, so that several sends started
        together share a request.

        Returns:
            The offset of the last of them.

        Raises:
            OutputRefusedError: a record will never be taken.
            FencedError: another producer has taken over.
            BrokerError: any other failure.
        """
        ...

    async def send_offset(self, topic: str, offset: Offset, group: str) -> None:
        """Add the group's next offset to the transaction."""
        ...

    async def commit(self) -> None:
        """Commit. When this fails or is cut short the outcome is unknown until the next owner's ``start``."""
        ...

    async def discard(self) -> None:
        """Close everything within a bounded time, whatever state it is in; never raises, may be called twice."""
        ...


class ProducerFactory(Protocol):
    """Makes the producer of a partition; no connection is opened before ``start``."""

    def __call__(self, partition: Partition) -> Producer:
        """Make a new producer for the partition's transactional id."""
        ...


class Consumer(Protocol):
    """The group's consumer of the input topic; all but nothing of it waits."""

    def assignment(self) -> frozenset[Partition]:
        """Give the partitions that the group has given to this member, as far as it knows."""
        ...

    def seek(self, partition: Partition, offset: Offset) -> None:
        """Deliver from this offset next and forget what was fetched; a partition that is not assigned is ignored."""
        ...

    def pause(self, partition: Partition) -> None:
        """Deliver nothing until ``resume``; a partition that is not assigned is ignored."""
        ...

    def resume(self, partition: Partition) -> None:
        """Deliver again; a partition that is not assigned is ignored."""
        ...


class Log(Protocol):
    """Reads logs without a group."""

    async def identity(self, topics: Sequence[str]) -> LogIdentity:
        """Say which cluster and topics these are.

        Raises:
            BrokerError: no answer, or a topic is not there.
        """
        ...

    async def ends(self, topics: Sequence[str], partition: Partition) -> tuple[Ends, ...]:
        """Give the bounds of the same partition of several topics, in their order. Raises ``BrokerError``."""
        ...

    def read(
        self, topic: str, partition: Partition, start: Offset, end: Offset
    ) -> AsyncGenerator[Sequence[Record], None]:
        """Read the committed records from ``start`` up to, not including, ``end`` (at most the last stable offset).

        Closed by its reader, whatever happens.
        """
        ...


class Observer(Protocol):
    """Takes observations; must be quick and must not raise."""

    def __call__(self, observation: Observation, /) -> None:
        """Take one of ``exactly_once.observations``."""
        ...
