"""The connection that is kept between questions about a log's ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiokafka.errors import KafkaConnectionError

from exactly_once import BrokerError
from exactly_once.adapters.aiokafka_kept import KeptConsumer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass
class Line:
    """Stands for aiokafka's consumer."""

    refuses: bool = False
    stopped: int = 0
    cancels_itself: bool = False

    async def start(self) -> None:
        if self.refuses:
            raise KafkaConnectionError("expected somebody to listen")

    async def stop(self) -> None:
        self.stopped += 1
        if self.cancels_itself:
            raise asyncio.CancelledError


@dataclass
class Lines:
    made: list[Line] = field(default_factory=list)
    refuses: bool = False

    def __call__(self) -> Line:
        self.made.append(Line(self.refuses))
        return self.made[-1]


async def answer(line: Line) -> Line:
    return line


async def fail(_: Line) -> Line:
    raise KafkaConnectionError("gone")


def waiting(gate: asyncio.Event) -> Callable[[Line], Awaitable[Line]]:
    async def ask(line: Line) -> Line:
        await gate.wait()
        return line

    return ask


async def test_one_connection_serves_many_questions() -> None:
    lines = Lines()
    kept = KeptConsumer(lines)
    await asyncio.gather(*(kept.use(answer) for _ in range(5)))

    assert len(lines.made) == 1


async def test_after_a_failure_the_connection_is_closed_and_made_anew() -> None:
    lines = Lines()
    kept = KeptConsumer(lines)
    with pytest.raises(BrokerError):
        await kept.use(fail)
    await kept.use(answer)

    assert [line.stopped for line in lines.made] == [1, 0]


async def test_after_a_wait_cut_short_the_next_question_goes_over_a_new_connection() -> None:
    lines = Lines()
    kept = KeptConsumer(lines)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await kept.use(lambda _: asyncio.sleep(3600))
    await kept.use(answer)

    assert [line.stopped for line in lines.made] == [1, 0]


async def test_the_others_on_a_failed_connection_may_finish_before_it_is_closed() -> None:
    lines, gate = Lines(), asyncio.Event()
    kept = KeptConsumer(lines)
    other = asyncio.ensure_future(kept.use(waiting(gate)))
    await asyncio.sleep(0)
    with pytest.raises(BrokerError):
        await kept.use(fail)
    open_then = lines.made[0].stopped
    gate.set()
    await other

    assert (open_then, lines.made[0].stopped) == (0, 1)


async def test_a_connection_that_cannot_be_made_is_closed() -> None:
    lines = Lines(refuses=True)
    with pytest.raises(BrokerError):
        await KeptConsumer(lines).use(answer)

    assert lines.made[0].stopped == 1


async def test_what_is_kept_can_be_closed() -> None:
    lines = Lines()
    kept = KeptConsumer(lines)
    await kept.use(answer)
    await kept.close()
    await kept.close()

    assert lines.made[0].stopped == 1


async def test_a_stop_that_passes_on_a_cancellation_of_its_own_ends_nobody() -> None:
    lines = Lines()
    kept = KeptConsumer(lines)
    line = await kept.use(answer)
    line.cancels_itself = True
    with pytest.raises(BrokerError, match="gone"):
        await kept.use(fail)

    assert line.stopped == 1


async def test_a_cancellation_of_the_librarys_own_is_no_answer_of_the_broker() -> None:
    async def cancelled(_: Line) -> Line:
        raise asyncio.CancelledError

    with pytest.raises(BrokerError, match="gave up"):
        await KeptConsumer(Lines()).use(cancelled)


async def test_whoever_is_cancelled_ends() -> None:
    asking = asyncio.create_task(KeptConsumer(Lines()).use(waiting(asyncio.Event())))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])

    assert asking.cancelled()
