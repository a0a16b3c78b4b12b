"""The leases under seeded misfortune: nothing lost, nothing twice, nobody stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from simulation.many import Bound, found, sweep
from simulation.scene import run
from simulation.telling import told_of
from simulation.variants import BROKEN

if TYPE_CHECKING:
    from simulation.variants import Variant

NORMAL: Final = Bound(least=2_000, most=20_000, seconds=45)
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


def test_another_seed_is_another_run() -> None:
    assert run(7).trace.lines() != run(42).trace.lines()
