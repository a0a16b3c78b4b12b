"""How long to wait before the next try."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactly_once.limits import Limits


def wait_seconds(failures: int, limits: Limits, spread: float, *, fenced: bool) -> float:
    """Give the seconds to wait after so many failures in a row (1, 2, …).

    Doubles from a first value up to a cap. After fencing it starts higher: two workers that take
    a partition from each other in turn must leave the group time to say whose it is.

    Args:
        failures: failures in a row, at least 1.
        limits: first value and cap.
        spread: 0 … 1, drawn by the caller; keeps partitions from coming back all at once.
        fenced: whether another owner was the reason.
    """
    first = limits.backoff_fenced_seconds if fenced else limits.backoff_first_seconds
    grown = first * float(2 ** min(failures - 1, 16))
    return min(grown, limits.backoff_most_seconds) * (0.75 + spread / 2)
