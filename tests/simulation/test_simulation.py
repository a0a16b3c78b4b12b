"""The leases under seeded misfortune: nothing lost, nothing twice, nobody stuck."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from simulation.__main__ import main
from simulation.many import Bound, found, sweep
from simulation.scene import run
from simulation.telling import told_of
from simulation.variants import BROKEN, BY_NAME

if TYPE_CHECKING:
    from simulation.variants import Variant

NORMAL: Final = Bound(least=2_000, most=20_000, seconds=60)
"""What a normal run takes; 100 000 by hand."""


def test_whatever_befalls_the_workers_each_record_counts_once() -> None:
    tally = sweep(NORMAL)

    assert tally.seeds >= NORMAL.least
    assert not tally.failed, "\n\n".join(told_of(run(seed)) for seed in sorted(tally.failed)[:3])


@pytest.mark.parametrize("variant", BROKEN, ids=lambda variant: variant.name)
def test_a_guard_that_is_missing_is_found(variant: Variant) -> None:
    assert found(variant, NORMAL.least) is not None


@pytest.mark.parametrize("seed", [7, 42])
def test_the_same_seed_is_the_same_run(seed: int) -> None:
    assert run(seed).trace.lines() == run(seed).trace.lines()


def test_a_seed_is_the_same_run_in_another_process() -> None:
    tests = Path(__file__).parents[1]
    told = {**os.environ, "PYTHONPATH": str(tests), "PYTHONHASHSEED": "7"}
    again = [sys.executable, "-m", "simulation", "--seed", "7", "--last", "0"]
    shown = subprocess.run(again, env=told, capture_output=True, text=True, check=True, timeout=60).stdout

    assert shown == told_of(run(7), 0) + "\n"


def test_a_failing_seed_is_told_with_its_last_events_and_how_to_run_it_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    variant = "a gap between seek and ready"
    code = main(["--seed", str(found(BY_NAME[variant], NORMAL.least)), "--variant", variant, "--last", "5"])
    lines = capsys.readouterr().out.splitlines()

    assert (code, any(line.startswith("PROBLEM  lost") for line in lines), "--seed" in lines[-1]) == (1, True, True)


def test_another_seed_is_another_run() -> None:
    assert run(7).trace.lines() != run(42).trace.lines()
