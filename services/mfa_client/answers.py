"""Listens to all outcomes from before the first command is sent, and hands each to whoever waits for it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from mfa_contracts.codec import decode_outcome
from mfa_contracts.errors import UnreadableMessageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from mfa_contracts.ids import CommandId
    from mfa_contracts.outcomes import OutcomeMessage

_PAUSE_SECONDS: Final = 0.5


class Heard(Protocol):
    """A record, as far as it is looked at."""

    key: bytes | None
    value: bytes | None


class Consumer(Protocol):
    """What is needed of aiokafka's consumer; one without a group."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def stop(self) -> None:
        """Close."""
        ...

    def assign(self, places: Sequence[TopicPartition]) -> None:
        """Read these partitions."""
        ...

    async def end_offsets(self, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        """Where they end now."""
        ...

    def seek(self, place: TopicPartition, offset: int) -> None:
        """Go on from this offset."""
        ...

    def __aiter__(self) -> AsyncIterator[Heard]:
        """Read on, for ever."""
        ...


@dataclass(slots=True)
class _Waiting:
    future: asyncio.Future[OutcomeMessage] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    askers: int = 0


class Answers:
    """Reads every partition of the outcomes topic from its end when ``start`` was called."""

    def __init__(self, consumer: Consumer, topic: str) -> None:
        self._consumer = consumer
        self._topic = topic
        self._waiting: dict[bytes, _Waiting] = {}
        self._listening: asyncio.Task[None] | None = None

    async def start(self, partitions: int) -> None:
        """Fix the position in every partition; what is answered from now on is heard."""
        await self._consumer.start()
        places = [TopicPartition(self._topic, number) for number in range(partitions)]
        self._consumer.assign(places)
        # A seek to the end would be carried out by the first fetch, which may come after the first answer.
        for place, end in (await self._consumer.end_offsets(places)).items():
            self._consumer.seek(place, end)
        self._listening = asyncio.create_task(self._listen(), name="mfa outcomes")

    async def stop(self) -> None:
        """Stop listening; the futures of whoever still waits are cancelled."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        for waiting in self._waiting.values():
            waiting.future.cancel()
        await self._consumer.stop()

    @contextmanager
    def expecting(self, command: CommandId) -> Iterator[asyncio.Future[OutcomeMessage]]:
        """A future of the next answer to a command, for the time of the block; begin it before sending.

        Several may wait for the same command; they share the answer.
        """
        key = str(command).encode()
        waiting = self._waiting.setdefault(key, _Waiting())
        waiting.askers += 1
        try:
            yield waiting.future
        finally:
            waiting.askers -= 1
            if not waiting.askers:
                self._waiting.pop(key, None)

    async def _listen(self) -> None:
        while True:
            try:
                async for record in self._consumer:
                    self._hand_over(record.key or b"", record.value or b"")
            except KafkaError:
                # The consumer keeps its positions; the deadlines of those who wait go on.
                await asyncio.sleep(_PAUSE_SECONDS)

    def _hand_over(self, key: bytes, value: bytes) -> None:
        waiting = self._waiting.get(key)
        if waiting is None or waiting.future.done():
            return
        try:
            waiting.future.set_result(decode_outcome(value))
        except UnreadableMessageError as error:
            waiting.future.set_exception(error)
