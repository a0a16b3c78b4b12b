"""Fills a state topic as a worker would have left it, but without deciding a million commands first."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

_BATCH_BYTES: Final = 512 * 1024
_AHEAD: Final = 20
"""Batches under way at once."""


@asynccontextmanager
async def seeder(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_batch_size=_BATCH_BYTES)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def seed(producer: AIOKafkaProducer, topic: str, partition: int, records: Iterable[tuple[bytes, bytes]]) -> None:
    """Append records to one partition, in order."""
    under_way: list[asyncio.Future[object]] = []
    batch = producer.create_batch()
    for key, value in records:
        if batch.append(key=key, value=value, timestamp=None) is None:
            under_way.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None)
        if len(under_way) >= _AHEAD:
            await asyncio.gather(*under_way)
            under_way.clear()
    await asyncio.gather(*under_way, await producer.send_batch(batch, topic, partition=partition))


async def kept(bootstrap: str, topic: str, partitions: int) -> dict[bytes, bytes]:
    """Read the last value of every key."""
    return {key: value async for key, value in _records(bootstrap, topic, partitions)}


async def count(bootstrap: str, topic: str, partitions: int) -> int:
    """How many records a reader meets: fewer once the cleaner has been there."""
    return sum([1 async for _ in _records(bootstrap, topic, partitions)])


async def _records(bootstrap: str, topic: str, partitions: int) -> AsyncIterator[tuple[bytes, bytes]]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed")
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    yield record.key, record.value
    finally:
        await consumer.stop()
