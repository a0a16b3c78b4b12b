"""Many seeds at once, on all processors."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Final

from simulation.scene import run
from simulation.variants import BY_NAME, SOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulation.variants import Variant

TOGETHER: Final = 25
"""Seeds that a process runs before it reports."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many seeds were run, and what failed: the problems by seed."""

    seeds: int
    failed: dict[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Bound:
    """Run at least ``least`` seeds and no more than ``most``; in between stop after so many real seconds."""

    least: int
    most: int
    seconds: float = float("inf")


def sweep(
    bound: Bound, first: int = 0, variant: str = SOUND.name, told: Callable[[Tally], object] = lambda _: None
) -> Tally:
    """Run seeds from ``first`` on; ``told`` hears of the tally now and then."""
    tally, began = Tally(0, {}), monotonic()
    chunks = _chunks(first, bound.most)
    processes = os.cpu_count() or 1
    # Not forked: whoever calls this may have threads.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        begin = partial(_begin, pool, variant)
        running = {begin(seeds) for _, seeds in zip(range(2 * processes), chunks, strict=False)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                tally = _with(tally, future.result())
            told(tally)
            if tally.seeds < bound.least or monotonic() - began < bound.seconds:
                running |= {begin(seeds) for _, seeds in zip(done, chunks, strict=False)}
    return tally


def found(variant: Variant, seeds: int) -> int | None:
    """Give the first of so many seeds that shows the sign of a broken variant."""
    return next((seed for seed in range(seeds) if _shows(run(seed, variant).problems, variant.sign)), None)


def _shows(problems: tuple[str, ...], sign: str) -> bool:
    return any(sign in problem for problem in problems)


def _chunks(first: int, most: int) -> Iterator[range]:
    for start in count(first, TOGETHER):
        if start >= first + most:
            return
        yield range(start, min(start + TOGETHER, first + most))


def _begin(pool: ProcessPoolExecutor, variant: str, seeds: range) -> Future[Tally]:
    return pool.submit(_run_all, variant, seeds)


def _run_all(variant: str, seeds: range) -> Tally:
    runs = [run(seed, BY_NAME[variant]) for seed in seeds]
    return Tally(len(runs), {done.seed: done.problems for done in runs if done.problems})


def _with(tally: Tally, more: Tally) -> Tally:
    return Tally(tally.seeds + more.seeds, {**tally.failed, **more.failed})
