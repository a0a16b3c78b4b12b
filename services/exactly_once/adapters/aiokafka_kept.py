"""A connection kept open between questions, and made anew after a failure."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiokafka import AIOKafkaConsumer

AnswerT = TypeVar("AnswerT")


class KeptConsumer:
    """A consumer without subscription, started at its first use; may be used by many tasks at once."""

    def __init__(self, make: Callable[[], AIOKafkaConsumer]) -> None:
        self._make = make
        self._lock = asyncio.Lock()
        self._consumer: AIOKafkaConsumer | None = None

    async def use(self, ask: Callable[[AIOKafkaConsumer], Awaitable[AnswerT]]) -> AnswerT:
        """Ask; after a failure the next use begins with a new connection.

        Raises:
            BrokerError: no answer.
        """
        consumer = await self._started()
        try:
            with translated("ask for offsets"):
                return await ask(consumer)
        except BrokerError:
            await self._drop(consumer)
            raise

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._consumer is not None:
            await self._drop(self._consumer)

    async def _started(self) -> AIOKafkaConsumer:
        async with self._lock:
            if self._consumer is None:
                self._consumer = await self._start()
            return self._consumer

    async def _start(self) -> AIOKafkaConsumer:
        consumer = self._make()
        try:
            with translated("connect"):
                await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    async def _drop(self, consumer: AIOKafkaConsumer) -> None:
        if self._consumer is consumer:
            self._consumer = None
        await consumer.stop()
