"""Sends prepared commands and waits for their outcomes, many at once through one client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from mfa_client.answers import Answers
from mfa_client.errors import NotSentError, OutcomeUnknownError
from mfa_client.results import result_of
from mfa_client.turns import Turns
from mfa_contracts import topics
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.tokens import TOKEN_HEADER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mfa_client.preparing import PreparedCommand
    from mfa_client.results import Outcome

_FETCH_WAIT_MS: Final = 100


class Producer(Protocol):
    """What is needed of aiokafka's producer."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def stop(self) -> None:
        """Close."""
        ...

    async def partitions_for(self, topic: str) -> Collection[int]:
        """The partitions of a topic."""
        ...

    async def send_and_wait(
        self, topic: str, value: bytes, key: bytes, *, headers: Sequence[tuple[str, bytes]]
    ) -> object:
        """Append one record; returns when every copy in sync has it."""
        ...


class Exchange:
    """One producer and one listener.

    The producer may append a command twice after a broken connection; the service knows a command by
    its id, so no more is asked of Kafka than that every copy in sync has it. Commands about one user are
    appended in the order in which they were asked.
    """

    def __init__(self, producer: Producer, answers: Answers) -> None:
        self._producer = producer
        self._answers = answers
        self._turns = Turns()
        self.partitions = 0

    async def start(self) -> None:
        """Connect, and know the end of every outcome partition.

        Raises:
            NotSentError: no broker answers.
        """
        try:
            await self._producer.start()
            self.partitions = len(await self._producer.partitions_for(topics.COMMANDS))
            await self._answers.start(len(await self._producer.partitions_for(topics.OUTCOMES)))
        except (KafkaError, OSError) as error:
            await self.stop()
            told = f"expected Kafka with the topic {topics.COMMANDS}, got {type(error).__name__}; is it up?"
            raise NotSentError(told) from error

    async def stop(self) -> None:
        """Close; whoever waits is told that the outcome is unknown."""
        await self._answers.stop()
        await self._producer.stop()

    async def ask(self, prepared: PreparedCommand, deadline_seconds: float) -> Outcome:
        """Send a command, or send it again, and wait for its outcome.

        Raises:
            BadCommandError: another command under the same id is under way.
            NotSentError: the broker will never take it.
            OutcomeUnknownError: no answer in time.
            ForeignOutcomeError: the answer's recovery code is not for this sender.
        """
        with self._answers.expecting(prepared) as answer:
            try:
                async with asyncio.timeout(deadline_seconds):
                    # It may have come since this was asked the last time.
                    if not answer.done():
                        await self._send(prepared)
                    # Shielded: another asker of the same command may wait longer than this one.
                    return result_of(prepared, await asyncio.shield(answer))
            except TimeoutError as error:
                raise OutcomeUnknownError(prepared, self._silence(deadline_seconds)) from error
            except (KafkaError, OSError) as error:
                raise OutcomeUnknownError(prepared, f"sending failed with {type(error).__name__}") from error
            except UnreadableMessageError as error:
                raise OutcomeUnknownError(prepared, f"the answer cannot be read ({error})") from error
            except asyncio.CancelledError:
                if not answer.cancelled():
                    raise
                raise OutcomeUnknownError(prepared, "the client was closed before an answer came") from None

    def _silence(self, seconds: float) -> str:
        trouble = self._answers.trouble
        return f"no answer within {seconds:g} s" + (f", listening fails with {trouble}" if trouble else "")

    async def _send(self, prepared: PreparedCommand) -> None:
        header = (TOKEN_HEADER, prepared.token)
        try:
            async with self._turns.of(prepared.key):
                await self._producer.send_and_wait(topics.COMMANDS, prepared.value, prepared.key, headers=[header])
        except MessageSizeTooLargeError:
            told = f"expected at most {topics.COMMAND_BYTES_MAX} bytes, got {len(prepared.value)}"
            raise NotSentError(told) from None


def kafka_exchange(options: Mapping[str, object]) -> Exchange:
    """An exchange over aiokafka; ``options`` go to both clients. Connects at ``start``."""
    producer = AIOKafkaProducer(**options, acks="all", linger_ms=0)
    consumer = AIOKafkaConsumer(
        **options, isolation_level="read_committed", enable_auto_commit=False, fetch_max_wait_ms=_FETCH_WAIT_MS
    )
    return Exchange(producer, Answers(consumer, topics.OUTCOMES))
