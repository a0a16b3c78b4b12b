"""Events that come without a pause, as long as a block lasts."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaProducer

from mfa_contracts.codec import encode
from support.backends import unique
from support.facts import Life

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_PACE_S: Final = 0.01


@asynccontextmanager
async def living(bootstrap: str, topic: str, users: int = 4) -> AsyncIterator[list[Life]]:
    """Lives that go on, a transaction for each turn of them; what is told in the end is all in the log."""
    lives = [Life("acme", f"user-{number}", partition=number % 2) for number in range(users)]
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=unique("test-"))
    await producer.start()
    over = asyncio.Event()
    task = asyncio.create_task(_live(producer, topic, lives, over))
    try:
        yield lives
    finally:
        over.set()
        await task
        await producer.stop()


async def _live(producer: AIOKafkaProducer, topic: str, lives: list[Life], over: asyncio.Event) -> None:
    while not over.is_set():
        async with producer.transaction():
            for life in lives:
                event = life.rejected(len(life.events) + 1) if life.events else life.enrolled()
                await producer.send(topic, encode(event), life.record_key, life.partition)
        await asyncio.sleep(_PACE_S)
