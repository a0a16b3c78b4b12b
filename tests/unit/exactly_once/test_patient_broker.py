"""A start that fails is said and tried again, whatever it fails on: nobody awaits it, nobody would hear of its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiokafka.errors import KafkaConnectionError

from exactly_once import BrokerError
from exactly_once.adapters.patient_broker import PatientBroker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NOWHERE = "127.0.0.1:1"
ANY_ERROR = [BrokerError("no topic"), KafkaConnectionError("gone"), OSError("gone"), RuntimeError("a defect")]


class Failing:
    """Fails once with this, then goes well."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.calls: list[str] = []

    async def start(self) -> None:
        self.calls.append("start")
        error, self.error = self.error, None
        if error is not None:
            raise error

    async def stop(self) -> None:
        self.calls.append("stop")


class Start:
    """A broker's start, until everything has started; ``said`` is why it was not."""

    def __init__(self, before: Callable[[], Awaitable[None]] | None = None) -> None:
        self.said: list[str] = []
        self.there = asyncio.Event()
        self.broker = PatientBroker(
            NOWHERE, on_gone=self.said.append, on_there=self.there.set, before=before, logger=None
        )

    async def run(self) -> list[str]:
        await self.broker.start()
        try:
            async with asyncio.timeout(5):
                await self.there.wait()
        finally:
            await self.broker.stop()
        return self.said


@pytest.fixture
def with_subscriber(monkeypatch: pytest.MonkeyPatch) -> Callable[[Failing], Start]:
    """A broker whose one subscriber starts and stops as it is told."""

    def make(failing: Failing) -> Start:
        start = Start()
        subscriber = start.broker.subscriber("topic")
        monkeypatch.setattr(subscriber, "start", failing.start)
        monkeypatch.setattr(subscriber, "stop", failing.stop)
        return start

    return make


@pytest.mark.parametrize("error", ANY_ERROR)
async def test_a_look_that_fails_before_the_start_is_said_and_taken_again(error: Exception) -> None:
    (said,) = await Start(before=Failing(error).start).run()

    assert str(error) in said


@pytest.mark.parametrize("error", ANY_ERROR)
async def test_a_subscriber_that_fails_to_start_is_said_and_started_again(
    error: Exception, with_subscriber: Callable[[Failing], Start]
) -> None:
    (said,) = await with_subscriber(Failing(error)).run()

    assert str(error) in said


async def test_a_subscriber_that_failed_is_closed_before_it_is_started_again(
    with_subscriber: Callable[[Failing], Start],
) -> None:
    failing = Failing(RuntimeError("a defect"))
    await with_subscriber(failing).run()

    assert failing.calls == ["start", "stop", "start", "stop"]
