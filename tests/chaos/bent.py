"""A worker with something bent in it: ``python -m chaos.bent mfa_commands --die before-commit --after 20``.

It dies (kill -9 by its own hand) at a named place, stalls its event loop on SIGUSR1, or lets its clock jump an
hour on SIGUSR2. The workers themselves know nothing of this.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import itertools
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from exactly_once.adapters.aiokafka_producer import AiokafkaProducer
from exactly_once.adapters.faststream_host import FastStreamHost
from mfa_projections.adapters.postgres import PostgresDatabase
from mfa_projections.adapters.transaction import PostgresTransaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import FrameType, ModuleType

STALLED_SECONDS: Final = 13.0
"""Longer than a session in the group."""


@dataclass(frozen=True)
class Place:
    """Before or after a method of a class; ``after`` of one that gives a block is after the block."""

    owner: type
    method: str
    when: Literal["before", "after"]


PLACES: Final = {
    "after-fetch": Place(FastStreamHost, "_deliver", "before"),
    "after-begin": Place(AiokafkaProducer, "begin", "after"),
    "after-send": Place(AiokafkaProducer, "send", "after"),
    "after-offsets": Place(AiokafkaProducer, "send_offset", "after"),
    "before-commit": Place(AiokafkaProducer, "commit", "before"),
    "after-commit": Place(AiokafkaProducer, "commit", "after"),
    "before-database-commit": Place(PostgresTransaction, "write", "after"),
    "after-database-commit": Place(PostgresDatabase, "transaction", "after"),
}


@dataclass
class Clock:
    """The time of day as a worker sees it, which may be ahead."""

    ahead: timedelta = timedelta()

    def jump(self, _: int, __: FrameType | None) -> None:
        """An hour."""
        self.ahead += timedelta(hours=1)

    def bend(self, wiring: ModuleType) -> None:
        """Let the libraries and the service, if it asks for the time of day at all, go by this clock."""
        right_time, right_now = time.time, getattr(wiring, "_now", None)
        time.time = lambda: right_time() + self.ahead.total_seconds()
        if right_now is not None:
            wiring._now = lambda: right_now() + self.ahead  # type: ignore[attr-defined]  # noqa: SLF001 - its one clock


def main(arguments: list[str]) -> int:
    """Bend, and run the worker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worker", choices=["mfa_commands", "mfa_projections"])
    parser.add_argument("--die", choices=sorted(PLACES))
    parser.add_argument("--after", type=int, default=0, help="let it pass so often before")
    told = parser.parse_args(arguments)
    if told.die is not None:
        _die_at(PLACES[told.die], told.after)
    clock = Clock()
    clock.bend(importlib.import_module(f"{told.worker}.wiring"))
    signal.signal(signal.SIGUSR1, _stall)
    signal.signal(signal.SIGUSR2, clock.jump)
    exit_code: int = importlib.import_module(f"{told.worker}.__main__").main([])
    return exit_code


def _die_at(place: Place, after: int) -> None:
    passed = itertools.count()
    whole = getattr(place.owner, place.method)

    def is_time() -> bool:
        return next(passed) >= after

    async def deadly(*arguments: Any) -> Any:  # noqa: ANN401 - whatever the method takes and gives
        now = is_time()
        if now and place.when == "before":
            _die()
        given = await whole(*arguments)
        if now:
            _die()
        return given

    @asynccontextmanager
    async def deadly_block(*arguments: Any, **named: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - as above
        async with whole(*arguments, **named) as given:
            yield given
        if is_time():
            _die()

    setattr(place.owner, place.method, deadly if inspect.iscoroutinefunction(whole) else deadly_block)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stall(_: int, __: FrameType | None) -> None:
    # A signal's handler runs in the event loop's thread: nothing else does meanwhile.
    time.sleep(STALLED_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
