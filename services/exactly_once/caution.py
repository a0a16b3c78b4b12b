"""Finding the one bad record in a batch: halve after a failure, double after a success.

A record that has failed in a batch and then fails alone is poison. The caution is kept over a
re-acquisition, because a refused output costs the producer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exactly_once.records import Offset, Record


@dataclass(frozen=True, slots=True)
class Caution:
    """Up to and including offset ``until``, decide at most ``size`` records at once."""

    until: Offset
    size: int


def most_records(caution: Caution | None, first: Offset, limit: int) -> int:
    """How many records to take, beginning at ``first``."""
    if caution is None or first > caution.until:
        return limit
    return min(caution.size, limit)


def is_poison(caution: Caution | None, records: Sequence[Record]) -> bool:
    """Whether this failed batch is one record that had failed before."""
    return caution is not None and len(records) == 1 and records[0].offset <= caution.until


def after_failure(caution: Caution | None, records: Sequence[Record]) -> Caution:
    """Look closer at this batch."""
    last = records[-1].offset
    until = last if caution is None else max(last, caution.until)
    return Caution(until, max(1, len(records) // 2))


def after_success(caution: Caution | None, records: Sequence[Record]) -> Caution | None:
    """Take bigger steps again; none is needed beyond what had failed."""
    if caution is None or records[-1].offset >= caution.until:
        return None
    return Caution(caution.until, caution.size * 2)
