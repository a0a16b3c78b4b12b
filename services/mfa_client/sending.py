"""Sends prepared commands and waits for their outcomes, many at once through one client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from mfa_client.answers import Answers
from mfa_client.errors import NotSentError, OutcomeUnknownError
from mfa_client.results import result_of
from mfa_contracts import topics
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.tokens import TOKEN_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_client.preparing import PreparedCommand
    from mfa_client.results import Outcome

_TOO_LARGE: Final = f"expected at most {topics.COMMAND_BYTES_MAX} bytes"


class Exchange:
    """One producer and one listener.

    The producer may append a command twice after a broken connection; the service knows a command by
    its id, so no more is asked of Kafka than that every copy in sync has it.
    """

    def __init__(self, options: Mapping[str, object]) -> None:
        self._producer = AIOKafkaProducer(**options, acks="all", linger_ms=0)
        self._answers = Answers(topics.OUTCOMES, options)
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
            NotSentError: the broker will never take it.
            OutcomeUnknownError: no answer in time.
            ForeignOutcomeError: the answer's recovery code is not for this sender.
        """
        answer = self._answers.expect(prepared.command_id)
        try:
            async with asyncio.timeout(deadline_seconds):
                await self._send(prepared)
                return result_of(prepared, await asyncio.shield(answer))
        except (KafkaError, TimeoutError, OSError) as error:
            raise OutcomeUnknownError(prepared, f"no answer within {deadline_seconds:g} s") from error
        except UnreadableMessageError as error:
            raise OutcomeUnknownError(prepared, f"the answer cannot be read ({error})") from error
        except asyncio.CancelledError:
            if not answer.cancelled():
                raise
            raise OutcomeUnknownError(prepared, "the client was closed before an answer came") from None
        finally:
            self._answers.forget(prepared.command_id)

    async def _send(self, prepared: PreparedCommand) -> None:
        header = (TOKEN_HEADER, prepared.token)
        try:
            await self._producer.send_and_wait(topics.COMMANDS, prepared.value, prepared.key, headers=[header])
        except MessageSizeTooLargeError:
            raise NotSentError(f"{_TOO_LARGE}, got {len(prepared.value)}") from None
