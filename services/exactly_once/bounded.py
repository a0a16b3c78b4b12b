"""Waiting for the broker, but not for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from exactly_once.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Awaitable

AnswerT = TypeVar("AnswerT")


async def within(seconds: float, what: str, answer: Awaitable[AnswerT]) -> AnswerT:
    """Wait for an answer, at most so many seconds of the loop's time.

    Raises:
        BrokerError: it did not come in time; whether it has happened is unknown.
    """
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError as error:
        raise BrokerError(f"expected {what} within {seconds:g} s, got no answer") from error
