"""Listens to all outcomes from before the first command is sent, and hands each to whoever waits for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from mfa_contracts.codec import decode_outcome
from mfa_contracts.errors import UnreadableMessageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_contracts.ids import CommandId
    from mfa_contracts.outcomes import OutcomeMessage

_PAUSE_SECONDS: Final = 0.5
_FETCH_WAIT_MS: Final = 100


class Answers:
    """Reads every partition of the outcomes topic without a group, from its end when ``start`` was called.

    Args:
        topic: ``mfa.outcomes``.
        options: keyword arguments for an aiokafka client.
    """

    def __init__(self, topic: str, options: Mapping[str, object]) -> None:
        self._topic = topic
        self._waiting: dict[bytes, asyncio.Future[OutcomeMessage]] = {}
        self._consumer = AIOKafkaConsumer(
            **options, isolation_level="read_committed", enable_auto_commit=False, fetch_max_wait_ms=_FETCH_WAIT_MS
        )
        self._listening: asyncio.Task[None] | None = None

    async def start(self, partitions: int) -> None:
        """Fix the position in every partition; what is answered from now on is heard."""
        await self._consumer.start()
        places = [TopicPartition(self._topic, number) for number in range(partitions)]
        self._consumer.assign(places)
        # A seek to the end is carried out by the first fetch; it is only known once the position is.
        for place, end in (await self._consumer.end_offsets(places)).items():
            self._consumer.seek(place, end)
        self._listening = asyncio.create_task(self._listen(), name="mfa outcomes")

    async def stop(self) -> None:
        """Stop listening; whoever still waits is cancelled."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        for future in self._waiting.values():
            future.cancel()
        await self._consumer.stop()

    def expect(self, command: CommandId) -> asyncio.Future[OutcomeMessage]:
        """A future of the next answer to a command; ask for it before sending."""
        key = str(command).encode()
        if key not in self._waiting or self._waiting[key].done():
            self._waiting[key] = asyncio.get_running_loop().create_future()
        return self._waiting[key]

    def forget(self, command: CommandId) -> None:
        """Nobody waits for this any more."""
        self._waiting.pop(str(command).encode(), None)

    async def _listen(self) -> None:
        while True:
            try:
                async for record in self._consumer:
                    self._hand_over(record.key or b"", record.value or b"")
            except KafkaError:
                # The consumer keeps its positions; the deadlines of those who wait go on.
                await asyncio.sleep(_PAUSE_SECONDS)

    def _hand_over(self, key: bytes, value: bytes) -> None:
        future = self._waiting.get(key)
        if future is None or future.done():
            return
        try:
            future.set_result(decode_outcome(value))
        except UnreadableMessageError as error:
            future.set_exception(error)
