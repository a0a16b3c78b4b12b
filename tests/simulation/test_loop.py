"""Virtual time, and processes that are stopped inside it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import copy_context
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from simulation.loop import DeadlockError, VirtualLoop
from simulation.processes import PROCESS, Process

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def virtual() -> Iterator[VirtualLoop]:
    loop = VirtualLoop()
    try:
        yield loop
    finally:
        loop.close()


def test_time_passes_without_waiting() -> None:
    began = monotonic()
    with virtual() as loop:
        loop.run_until_complete(asyncio.sleep(3_600))

        assert (loop.time(), monotonic() - began < 60) == (3_600, True)


def test_a_wait_that_nothing_can_end_is_an_error() -> None:
    with virtual() as loop:
        waiting = loop.create_task(asyncio.Event().wait())
        with pytest.raises(DeadlockError):
            loop.run_until_complete(waiting)
        waiting.cancel()
        loop.run_until_complete(asyncio.wait([waiting]))


def test_nothing_of_a_stopped_process_runs_until_it_is_woken() -> None:
    process, ran = Process("p"), list[float]()
    context = copy_context()
    context.run(PROCESS.set, process)

    async def works() -> None:
        await asyncio.sleep(1)
        ran.append(loop.time())

    with virtual() as loop:
        working = loop.create_task(works(), context=context)
        loop.call_later(0.5, loop.stop_process, process)
        loop.call_later(5, loop.wake_process, process)
        loop.run_until_complete(working)

    assert ran == [5]
