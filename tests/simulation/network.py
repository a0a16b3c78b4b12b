"""What lies between a process and the brokers: delay, loss, and requests that outlive who has sent them."""

from __future__ import annotations

import asyncio
from contextvars import Context
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from exactly_once.errors import BrokerError, ExactlyOnceError
from support.kafka_model_ports import Wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from simulation.loop import VirtualLoop
    from simulation.processes import Process
    from simulation.trace import Trace
    from simulation.weather import Weather

AnswerT = TypeVar("AnswerT")


class Luck(Enum):
    """What becomes of one request."""

    FINE = auto()
    REFUSED = auto()
    """The broker says no; nothing was done."""
    LOST = auto()
    """It never arrives, and nobody says so."""
    UNANSWERED = auto()
    """It is done, at some time; the answer never comes."""
    CUT = auto()
    """The client is told of a broken connection; the request may arrive later all the same."""


class Network:
    """Carries requests. ``calm`` ends all misfortune, ``down`` swallows everything."""

    def __init__(self, loop: VirtualLoop, random: Random, weather: Weather, trace: Trace) -> None:
        self.calm = False
        self.down = False
        self.on_request: Callable[[Process], None] = lambda _: None
        self._loop = loop
        self._random = random
        self._weather = weather
        self._trace = trace
        self._outside = Context()

    def delay(self) -> float:
        """Draw a delay: mostly some milliseconds, sometimes longer than anybody's patience."""
        if not self.calm and self._random.random() < self._weather.slow:
            return self._random.uniform(0.1, self._weather.slowest)
        return 0.001 + 0.02 * self._random.random() ** 2

    def delay_of_news(self) -> float:
        """Draw how long the host takes to tell of an assignment, while deliveries may begin already."""
        return self.delay() if self._random.random() < 0.5 else self._random.uniform(0, 0.3)

    def later(self, seconds: float, do: Callable[..., object], *args: object) -> None:
        """Do something after a while, whatever becomes of the process that asks for it."""
        self._loop.call_later(seconds, do, *args, context=self._outside)

    def write_marker(self, do: Callable[[], None]) -> None:
        """Do a part of a transaction's end, some time after it was decided."""
        slow = not self.calm and self._random.random() < self._weather.slow_markers
        self.later(self._random.uniform(0.1, 1.5) if slow else self.delay() / 4, do)

    async def ask(self, process: Process, action: str, do: Callable[[], AnswerT]) -> AnswerT:
        """Have something done by the broker."""
        luck = Luck.LOST if self.down else self._luck()
        self._trace.note(process.name, action if luck is Luck.FINE else f"{action} ({luck.name})")
        if not self.calm:
            self.on_request(process)
        if luck is Luck.REFUSED:
            await asyncio.sleep(self.delay())
            raise BrokerError(f"{action}: the broker refuses")
        answer: asyncio.Future[_Answer[AnswerT]] = self._loop.create_future()
        if luck is not Luck.LOST:
            self.later(self.delay(), self._arrive, process, action, do, answer if luck is Luck.FINE else None)
        if luck is Luck.CUT:
            await asyncio.sleep(self.delay())
            raise BrokerError(f"{action}: the connection is broken")
        return (await answer).given()

    def _arrive(
        self, process: Process, action: str, do: Callable[[], AnswerT], answer: asyncio.Future[_Answer[AnswerT]] | None
    ) -> None:
        if self.down:
            return
        try:
            answered = _Answer(done=do())
        except ExactlyOnceError as error:
            answered = _Answer[AnswerT](error=error)
        self._trace.note(process.name, f"  -> {action}: {answered.words()}")
        if answer is not None:
            self.later(self.delay(), _hand_over, answer, answered)

    def _luck(self) -> Luck:
        if self.calm:
            return Luck.FINE
        weather, drawn = self._weather, self._random.random()
        if drawn < weather.refused:
            return Luck.REFUSED
        if drawn < weather.refused + weather.lost:
            return Luck.LOST
        if drawn < weather.refused + weather.lost + weather.unheard:
            return self._random.choice([Luck.UNANSWERED, Luck.CUT])
        return Luck.FINE


@dataclass(frozen=True)
class Line(Wire):
    """One process's way to the cluster."""

    network: Network | None = None
    process: Process | None = None

    async def ask(self, action: str, do: Callable[[], AnswerT]) -> AnswerT:
        if self.network is None or self.process is None:
            raise TypeError("expected a line that belongs to a network and a process")
        return await self.network.ask(self.process, action, do)


@dataclass(frozen=True)
class Lag:
    """Lets a while pass inside a process: between a poll and its delivery, between an assignment and its news."""

    network: Network

    async def before(self, who: str, action: str) -> None:  # noqa: ARG002  # as asked of it
        await asyncio.sleep(self.network.delay())

    async def after(self, who: str, action: str) -> None:  # noqa: ARG002  # as asked of it
        await asyncio.sleep(self.network.delay_of_news() if action == "assign" else self.network.delay())


@dataclass(frozen=True)
class _Answer(Generic[AnswerT]):
    """An answer on its way: a value of its own, since an exception in a future that nobody reads is reported."""

    done: AnswerT | None = None
    error: ExactlyOnceError | None = None

    def given(self) -> AnswerT:
        if self.error is not None:
            raise self.error
        return cast("AnswerT", self.done)

    def words(self) -> str:
        if self.error is not None:
            return type(self.error).__name__
        return f"{len(self.done)} records" if isinstance(self.done, list) else str(self.done)


def _hand_over(answer: asyncio.Future[AnswerT], answered: AnswerT) -> None:
    if not answer.done():
        answer.set_result(answered)
