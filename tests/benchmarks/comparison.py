"""What a benchmark says: ours beside the plain way, measured in the same minutes on the same machine."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. ``ratio`` is ours / raw and is held against ``target``.

    ``better`` says which way is good: a throughput's ratio should be at least the target, a time's or a size's at most.
    """

    name: str
    ours: float
    raw: float
    unit: str
    ratio: float
    target: float
    better: Better

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.ratio >= self.target if self.better == "higher" else self.ratio <= self.target


def compared(  # noqa: PLR0913, PLR0917 - the columns of the table
    name: str, ours: Sequence[float], raw: Sequence[float], unit: str, target: float, better: Better
) -> Row:
    """Compare medians of repeats."""
    middle, plain = statistics.median(ours), statistics.median(raw)
    return Row(name, round(middle, 3), round(plain, 3), unit, round(middle / plain, 3), target, better)
