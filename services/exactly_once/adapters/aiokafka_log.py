"""Reads logs without a group, over aiokafka."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, Literal

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.adapters.aiokafka_kept import KeptConsumer
from exactly_once.adapters.aiokafka_metadata import ask_cluster
from exactly_once.adapters.aiokafka_records import record_of
from exactly_once.adapters.aiokafka_stop import stop
from exactly_once.errors import BrokerError
from exactly_once.position import LogIdentity
from exactly_once.protocols import Ends

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping, Sequence

    from exactly_once.adapters.connection import Connection
    from exactly_once.records import Offset, Partition, Record

Isolation = Literal["read_committed", "read_uncommitted"]

_POLL_MS: Final = 100
_POLL_RECORDS: Final = 2_000
_FETCH_BYTES: Final = 8 * 1024 * 1024
_REQUEST_TIMEOUT_MS: Final = 10_000
_PATIENCE_SECONDS: Final = 15.0


class AiokafkaLog:
    """The bounds and records of any partition; ``close`` when done."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._committed = KeptConsumer(lambda: self._make("read_committed"))
        self._uncommitted = KeptConsumer(lambda: self._make("read_uncommitted"))

    async def identity(self, topics: Sequence[str]) -> LogIdentity:
        """Ask for the ids of cluster and topics, and their one number of partitions."""
        facts = await ask_cluster(self._connection, topics)
        counts = {name: topic.partitions for name, topic in facts.topics.items()}
        if len(set(counts.values())) != 1:
            raise BrokerError(f"expected all topics to have as many partitions, got {counts}. Create them anew.")
        ids = {name: str(topic.id) for name, topic in facts.topics.items()}
        return LogIdentity(facts.cluster, next(iter(counts.values())), ids)

    async def ends(self, topics: Sequence[str], partition: Partition) -> tuple[Ends, ...]:
        """Ask for first offset, last stable offset and high watermark, at about the same time."""
        places = [TopicPartition(topic, partition) for topic in topics]
        starts, stables, highs = await _all(
            self._committed.use(lambda consumer: consumer.beginning_offsets(places)),
            # Under read_committed the end is the last stable offset, else the high watermark.
            self._committed.use(lambda consumer: consumer.end_offsets(places)),
            self._uncommitted.use(lambda consumer: consumer.end_offsets(places)),
        )
        return tuple(Ends(starts[p], stables[p], max(stables[p], highs[p])) for p in places)

    async def read(
        self, topic: str, partition: Partition, start: Offset, end: Offset
    ) -> AsyncGenerator[Sequence[Record], None]:
        """Read with a consumer of its own until its position, which passes markers and gaps, reaches ``end``."""
        if start >= end:
            return
        place = TopicPartition(topic, partition)
        with translated(f"read {topic} {partition} from {start} to {end}"):
            async with self._reading(place, start) as consumer:
                async for records in _chunks(consumer, place, end):
                    yield records

    async def close(self) -> None:
        """Close the connections that are kept open."""
        await self._committed.close()
        await self._uncommitted.close()

    @asynccontextmanager
    async def _reading(self, place: TopicPartition, start: Offset) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = self._make("read_committed")
        try:
            consumer.assign([place])
            await consumer.start()
            consumer.seek(place, start)
            yield consumer
        finally:
            await stop(consumer)

    def _make(self, isolation: Isolation) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            **self._connection.options,
            isolation_level=isolation,
            enable_auto_commit=False,
            # A start that is no longer there must be an error, never another place.
            auto_offset_reset="none",
            max_partition_fetch_bytes=_FETCH_BYTES,
            request_timeout_ms=_REQUEST_TIMEOUT_MS,
        )


async def _all(*asked: Awaitable[Mapping[TopicPartition, Offset]]) -> list[Mapping[TopicPartition, Offset]]:
    # All of them end before the first failure is raised: one that still connects would be left behind, unclosed.
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if not isinstance(answer, BaseException)]


async def _chunks(
    consumer: AIOKafkaConsumer, place: TopicPartition, end: Offset
) -> AsyncGenerator[Sequence[Record], None]:
    clock = asyncio.get_running_loop().time
    position, moved = -1, clock()
    while position < end:
        polled = await consumer.getmany(place, timeout_ms=_POLL_MS, max_records=_POLL_RECORDS)
        records = [record_of(raw) for raw in polled.get(place, ()) if raw.offset < end]
        if records:
            yield records
        before, position = position, await consumer.position(place)
        moved = clock() if position > before else moved
        if clock() - moved > _PATIENCE_SECONDS:
            raise BrokerError(f"read {place}: expected to reach {end}, stands at {position} for {_PATIENCE_SECONDS} s")
        # What was fetched ahead is handed out without a pause; heartbeats share the loop.
        await asyncio.sleep(0)
