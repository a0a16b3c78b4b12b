"""What every benchmark is given: the servers, the load's size, users that nobody has used yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.load import Workshop
    from mfa_local.connection import Connection


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything. Counts of commands are multiples of ten, for the mix."""

    repeats: int
    warm_up: int
    commands: int
    paced: int
    pace: float
    facts: int
    histories: Sequence[int]
    users: int
    crowd: int


FULL: Final = Size(
    repeats=3,
    warm_up=1_000,
    commands=6_000,
    paced=500,
    pace=50,
    facts=20_000,
    histories=(10_000, 100_000, 1_000_000),
    users=100_000,
    crowd=1_000_000,
)
QUICK: Final = Size(
    repeats=1,
    warm_up=100,
    commands=500,
    paced=100,
    pace=50,
    facts=1_000,
    histories=(1_000, 10_000),
    users=1_000,
    crowd=10_000,
)
TINY: Final = Size(
    repeats=1, warm_up=10, commands=20, paced=10, pace=50, facts=50, histories=(100, 200), users=50, crowd=100
)


@dataclass(frozen=True)
class Scene:
    """One run of the benchmarks."""

    connection: Connection
    workshop: Workshop
    size: Size
    say: Callable[[str], None]
    _numbers: Iterator[int] = field(default_factory=count)

    def users(self, how_many: int) -> list[str]:
        """Names that were not given out before."""
        return [f"user-{next(self._numbers):07d}" for _ in range(how_many)]
