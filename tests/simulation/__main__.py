"""Run many seeds, or one and show what happened in it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from simulation.many import Bound, Tally, sweep
from simulation.scene import run
from simulation.telling import told_of
from simulation.variants import BY_NAME, SOUND

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Give 0 when every seed was well, else 1."""
    given = _parser().parse_args(arguments)
    return _one(given.seed, given) if given.seed is not None else _many(given)


def _one(seed: int, given: argparse.Namespace) -> int:
    done = run(seed, BY_NAME[given.variant])
    sys.stdout.write(told_of(done, given.last, _again(given)) + "\n")
    return 1 if done.problems else 0


def _many(given: argparse.Namespace) -> int:
    columns = (
        TextColumn("seeds"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]} failed"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("seeds", total=given.seeds, failed=0)

        def told(tally: Tally) -> None:
            progress.update(bar, completed=tally.seeds, failed=len(tally.failed))

        tally = sweep(Bound(given.seeds, given.seeds), given.first, given.variant, told)
    for seed in sorted(tally.failed)[: given.show]:
        sys.stdout.write(told_of(run(seed, BY_NAME[given.variant]), given.last, _again(given)) + "\n\n")
    sys.stdout.write(f"{tally.seeds} seeds from {given.first}, {len(tally.failed)} failed: {sorted(tally.failed)}\n")
    return 1 if tally.failed else 0


def _again(given: argparse.Namespace) -> str:
    return "" if given.variant == SOUND.name else f" --variant '{given.variant}'"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100_000, help="how many seeds to run (%(default)s)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed (%(default)s)")
    parser.add_argument("--seed", type=int, help="run this one and print its trace")
    parser.add_argument("--last", type=int, default=60, help="how many of its last events (%(default)s; 0: all)")
    parser.add_argument("--show", type=int, default=3, help="show so many of the failing seeds (%(default)s)")
    parser.add_argument("--variant", choices=sorted(BY_NAME), default=SOUND.name, help="a broken one, to see it found")
    return parser


if __name__ == "__main__":
    sys.exit(main())
