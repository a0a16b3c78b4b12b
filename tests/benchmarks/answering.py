"""Sends commands and waits for their answers, in the same way to whichever worker answers them."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from benchmarks.load import Prepared

PATIENCE_SECONDS: Final = 120.0
"""How long the last answer of a burst may take."""


@dataclass(frozen=True)
class Way:
    """The two topics between sender and worker."""

    commands: str
    outcomes: str


@dataclass
class Sender:
    """Sends to one way; answers are told apart by their key, the command's id."""

    way: Way
    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    arrived: dict[bytes, tuple[float, bytes]] = field(default_factory=dict)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def burst(self, commands: Sequence[Prepared]) -> float:
        """Send all at once; the seconds from the first send to the last answer."""
        began = time.perf_counter()
        for prepared in commands:
            await self._send(prepared)
        await self._all_answered(commands)
        return max(self.arrived[_key(p)][0] for p in commands) - began

    async def paced(self, commands: Sequence[Prepared], per_second: float) -> list[float]:
        """Send at an even pace; the seconds from each send to its answer."""
        sent: dict[bytes, float] = {}
        began = time.perf_counter()
        for number, prepared in enumerate(commands):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            sent[_key(prepared)] = time.perf_counter()
            await self._send(prepared)
        await self._all_answered(commands)
        return [self.arrived[key][0] - at for key, at in sent.items()]

    def answer(self, prepared: Prepared) -> bytes:
        return self.arrived[_key(prepared)][1]

    async def listen(self) -> None:
        async for record in self.consumer:
            self.arrived[record.key] = (time.perf_counter(), record.value)
            self.more.set()

    async def _send(self, prepared: Prepared) -> None:
        key, value, headers = prepared.record.key, prepared.record.value, list(prepared.record.headers)
        await self.producer.send(self.way.commands, value, key, headers=headers)

    async def _all_answered(self, commands: Sequence[Prepared]) -> None:
        missing = {_key(p) for p in commands}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while missing := missing - self.arrived.keys():
                self.more.clear()
                await self.more.wait()


@asynccontextmanager
async def sender(bootstrap: str, way: Way, partitions: int) -> AsyncIterator[Sender]:
    """Open a sender that has heard every answer since now."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed", fetch_max_wait_ms=100)
    await producer.start()
    await consumer.start()
    assigned = [TopicPartition(way.outcomes, number) for number in range(partitions)]
    consumer.assign(assigned)
    await consumer.seek_to_end(*assigned)
    for partition in assigned:
        await consumer.position(partition)
    sends = Sender(way, producer, consumer)
    listening = asyncio.create_task(sends.listen())
    try:
        yield sends
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await consumer.stop()
        await producer.stop()


def _key(prepared: Prepared) -> bytes:
    return str(prepared.id).encode()
