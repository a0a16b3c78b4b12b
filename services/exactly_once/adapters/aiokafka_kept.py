"""A connection kept open between questions, and made anew after a failure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.adapters.aiokafka_stop import stop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiokafka import AIOKafkaConsumer

AnswerT = TypeVar("AnswerT")


@dataclass(eq=False)
class _Kept:
    consumer: AIOKafkaConsumer
    users: int = 0


class KeptConsumer:
    """A consumer without subscription, started at its first use; may be used by many tasks at once."""

    def __init__(self, make: Callable[[], AIOKafkaConsumer]) -> None:
        self._make = make
        self._lock = asyncio.Lock()
        self._kept: _Kept | None = None

    async def use(self, ask: Callable[[AIOKafkaConsumer], Awaitable[AnswerT]]) -> AnswerT:
        """Ask; after a failure, or a wait cut short, the next use begins with a new connection.

        A connection whose other end has vanished answers nothing, and a caller with a bound of its own never
        waits until aiokafka notices. Others that still use the old one are left in peace.

        Raises:
            BrokerError: no answer.
        """
        kept = await self._started()
        kept.users += 1
        try:
            with translated("ask for offsets"):
                return await ask(kept.consumer)
        except BaseException:
            self._retire(kept)
            raise
        finally:
            kept.users -= 1
            await self._close_if_unused(kept)

    async def close(self) -> None:
        """Close the connection, if there is one."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await self._close_if_unused(kept)

    async def _started(self) -> _Kept:
        async with self._lock:
            if self._kept is None:
                self._kept = _Kept(await self._start())
            return self._kept

    async def _start(self) -> AIOKafkaConsumer:
        consumer = self._make()
        try:
            with translated("connect"):
                await consumer.start()
        except BaseException:
            await stop(consumer)
            raise
        return consumer

    def _retire(self, kept: _Kept) -> None:
        if self._kept is kept:
            self._kept = None

    async def _close_if_unused(self, kept: _Kept) -> None:
        if kept.users == 0 and kept is not self._kept:
            await stop(kept.consumer)
