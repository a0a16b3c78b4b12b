"""Keeps the command workers off a partition while its events are not all there.

The producer has the worker's own transactional id: a worker that runs is fenced, and one that begins fences us, so that
the restore fails instead of going on beside it. The position that stands in ``mfa.state`` meanwhile belongs to no
cluster: a worker that finds it halts, also after a restore that was killed.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

from exactly_once import position as positions
from exactly_once.adapters.aiokafka_producer import AiokafkaProducers
from exactly_once.position import LogIdentity, Position
from exactly_once.records import Offset, Output, Partition
from mfa_commands.adapters.application import spec
from mfa_contracts.topics import EVENTS, STATE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from exactly_once.adapters.aiokafka_producer import AiokafkaProducer
    from exactly_once.adapters.connection import Connection
    from exactly_once.records import Record

NO_CLUSTER: Final = "a restore that has not ended"


class Fence:
    """One partition, ours until the end of the block that has given it."""

    def __init__(self, producer: AiokafkaProducer, partitions: int) -> None:
        self._producer = producer
        log = LogIdentity(NO_CLUSTER, partitions, {})
        self._closed = positions.encode(Position(Offset(0), Offset(-1), spec("").state_format, log))

    async def shut(self) -> None:
        """Let no command worker begin here."""
        await self._write(STATE, [Output(STATE, positions.KEY, self._closed)])

    async def append(self, records: Sequence[Record]) -> None:
        """Append events as they were, in one transaction."""
        outputs = [Output(EVENTS, r.key, r.value, r.headers, r.timestamp_ms) for r in records]
        await self._write(EVENTS, outputs)

    async def open(self) -> None:
        """Let a command worker begin: without a position it folds the events."""
        await self._write(STATE, [Output(STATE, positions.KEY, None)])

    async def _write(self, topic: str, outputs: Sequence[Output]) -> None:
        await self._producer.begin()
        await self._producer.send(topic, outputs)
        await self._producer.commit()


@asynccontextmanager
async def fenced(connection: Connection, partitions: int) -> AsyncIterator[Sequence[Fence]]:
    """Take every partition from whoever decides commands there."""
    producers = AiokafkaProducers(connection, spec(""))
    async with AsyncExitStack() as stack:
        fences = []
        for number in range(partitions):
            producer = producers(Partition(number))
            stack.push_async_callback(producer.discard)
            await producer.start()
            fences.append(Fence(producer, partitions))
        yield fences
