"""Reading Kafka for verification: committed records only, partition by partition, in no group."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

_BATCH: Final = 2000
_WAIT_MS: Final = 500


@dataclass(frozen=True, slots=True)
class Record:
    """One record; ``at`` is its timestamp."""

    offset: int
    at: datetime
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one partition: from ``start`` up to, not including, ``end``."""

    topic: str
    partition: int
    start: int
    end: int


class LogReader:
    """Reads one span at a time. ``on_read`` is told how many records came, for a progress bar."""

    def __init__(self, consumer: AIOKafkaConsumer, on_read: Callable[[int], None]) -> None:
        self._consumer = consumer
        self._on_read = on_read

    async def partitions(self, topic: str) -> int:
        """How many partitions the topic has."""
        await self._consumer.topics()
        return len(self._consumer.partitions_for_topic(topic) or ())

    async def spans(self, topic: str, partitions: int) -> Sequence[Span]:
        """What is there now: for each partition from the first kept record to the last stable offset."""
        all_of = [TopicPartition(topic, number) for number in range(partitions)]
        starts = await self._consumer.beginning_offsets(all_of)
        ends = await self._consumer.end_offsets(all_of)
        return [Span(topic, each.partition, starts[each], ends[each]) for each in all_of]

    async def span(self, topic: str, partition: int) -> Span:
        """What is there now of one partition."""
        one = TopicPartition(topic, partition)
        starts, ends = await self._consumer.beginning_offsets([one]), await self._consumer.end_offsets([one])
        return Span(topic, partition, starts[one], ends[one])

    async def read(self, span: Span) -> AsyncIterator[Sequence[Record]]:
        """The committed records of ``span`` in batches."""
        one = TopicPartition(span.topic, span.partition)
        self._consumer.assign([one])
        self._consumer.seek(one, span.start)
        # Offsets have holes (transaction markers), so the position tells the end, not the last record.
        while await self._consumer.position(one) < span.end:
            got = await self._consumer.getmany(one, timeout_ms=_WAIT_MS, max_records=_BATCH)
            records = [_record(message) for message in got.get(one, []) if message.offset < span.end]
            self._on_read(len(records))
            yield records

    async def newest(self, span: Span) -> Mapping[bytes, Record]:
        """The newest record of each key; a deletion (null) takes its key away."""
        newest: dict[bytes, Record] = {}
        async for records in self.read(span):
            for record in records:
                newest[record.key or b""] = record
        return {key: record for key, record in newest.items() if record.value is not None}


@asynccontextmanager
async def log_reader(bootstrap: str, on_read: Callable[[int], None]) -> AsyncIterator[LogReader]:
    """A reader of the Kafka at ``bootstrap`` until the end of the block."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False, group_id=None
    )
    await consumer.start()
    try:
        yield LogReader(consumer, on_read)
    finally:
        await consumer.stop()


def _record(message: _Message) -> Record:
    at = datetime.fromtimestamp(message.timestamp / 1000, UTC)
    return Record(message.offset, at, message.key, message.value)
