"""Listens to all outcomes from before the first command is sent, and hands each to whoever waits for it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from aiokafka import TopicPartition

from mfa_client.waiting import Waiting, WaitingRoom
from mfa_contracts.codec import decode_outcome
from mfa_contracts.errors import UnreadableMessageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from mfa_client.preparing import PreparedCommand
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


class Answers:
    """Reads every partition of the outcomes topic from its end when ``start`` was called.

    ``trouble`` is why nothing can be heard at the moment; empty when all is well.
    """

    def __init__(self, consumer: Consumer, topic: str) -> None:
        self._consumer = consumer
        self._topic = topic
        self._room = WaitingRoom()
        self._listening: asyncio.Task[None] | None = None
        self._closing = False
        self.trouble = ""

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
        self._closing = True
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        self._room.close()
        # aiokafka may pass on a cancellation of its own, which a caller would take for theirs.
        await asyncio.wait([asyncio.ensure_future(self._consumer.stop())])

    @contextmanager
    def expecting(self, prepared: PreparedCommand) -> Iterator[asyncio.Future[OutcomeMessage]]:
        """A future of the next answer to a command, for the time of the block; begin it before sending.

        Several may wait for the same command; they share the answer. An answer that comes after all of them have
        given up is kept for a while: only the first one carries the recovery code.
        """
        with self._room.seat(prepared) as waiting:
            yield waiting.future

    async def _listen(self) -> None:
        while True:
            try:
                async for record in self._consumer:
                    self.trouble = ""
                    self._hand_over(record.key or b"", record.value or b"")
            except (Exception, asyncio.CancelledError) as error:
                if self._closing:
                    raise
                # A listener that has died would let everybody wait in vain. The consumer keeps its positions; the
                # deadlines of those who wait go on.
                self.trouble = type(error).__name__
                await asyncio.sleep(_PAUSE_SECONDS)

    def _hand_over(self, key: bytes, value: bytes) -> None:
        waiting = self._room.of(key)
        if waiting is not None and not waiting.future.done():
            _answer(waiting, value)


def _answer(waiting: Waiting, value: bytes) -> None:
    try:
        message = decode_outcome(value)
    except UnreadableMessageError as error:
        if waiting.askers:
            waiting.future.set_exception(error)
        return
    # Another user's command may have come under the same id, from a sender that made a mistake.
    if message.id == waiting.answer_id:
        waiting.future.set_result(message)
