"""How bad a seed's world is. Each kind of trouble is off in some seeds, so that others are not hidden behind it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from exactly_once import Limits


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances are for each request, counts for the whole time of trouble, times in virtual seconds."""

    partitions: int
    limits: Limits
    trouble_seconds: float
    commands: int
    keys: int
    chunk: int
    slow: float
    slowest: float
    refused: float
    lost: float
    unheard: float
    killed_asking: float
    stopped_asking: float
    crashes: int
    pauses: int
    restarts: int
    fences: int
    strangers: int
    offsets_moved: int
    compactions: int
    bad_commands: float
    slow_markers: float


def weather_of(seed: int) -> Weather:
    """Draw the weather of a seed."""
    random = chance_of(seed, "weather")
    chance = [0.0, 0.0, 0.01, 0.05]
    count = [0, 0, 1, 2, 4]
    return Weather(
        partitions=random.choice([2, 3]),
        limits=_limits(random),
        trouble_seconds=random.choice([3.0, 6.0, 10.0]),
        commands=random.choice([8, 20, 40]),
        keys=random.choice([1, 2, 5]),
        chunk=random.choice([2, 10, 100]),
        slow=random.choice(chance),
        slowest=random.choice([0.5, 3.0]),
        refused=random.choice(chance),
        lost=random.choice(chance),
        unheard=random.choice(chance),
        killed_asking=random.choice([0.0, 0.0, 0.01]),
        stopped_asking=random.choice([0.0, 0.0, 0.01, 0.02]),
        crashes=random.choice(count),
        pauses=random.choice(count),
        restarts=random.choice(count),
        fences=random.choice(count),
        strangers=random.choice(count),
        offsets_moved=random.choice([0, 0, 3, 10]),
        compactions=random.choice(count),
        bad_commands=random.choice([0.0, 0.0, 0.1, 0.3]),
        slow_markers=random.choice([0.0, 0.1]),
    )


def _limits(random: Random) -> Limits:
    """The product's bounds in small, in the same order of size, so that a run is short."""
    return Limits(
        transaction_records=random.choice([1, 3, 500]),
        queue_records=random.choice([2, 5, 2_000]),
        transaction_seconds=1.0,
        acquire_seconds=2.0,
        stable_poll_seconds=0.05,
        stable_warning_seconds=0.5,
        backoff_first_seconds=0.05,
        backoff_fenced_seconds=0.3,
        backoff_most_seconds=1.0,
        revoke_seconds=1.0,
        watch_seconds=4.0,
        patience_seconds=1.0,
        snapshot_records=random.choice([2, 100]),
    )


def chance_of(seed: int, what: str) -> Random:
    """Give the seed's own chances for something."""
    return Random(f"{seed} {what}")  # noqa: S311  # misfortune, not a secret
