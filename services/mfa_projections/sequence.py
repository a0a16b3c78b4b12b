"""The second guard: does an event follow the one before it, does it stand twice, or is something missing?

Kafka's older transaction protocol can, rarely, let a retried append stand twice. The same fact again is no break;
anything else is, and stops the partition.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


class Follows(Enum):
    """How an event stands to those of its user that were taken before it."""

    NEXT = auto()
    AGAIN = auto()
    BROKEN = auto()


def judge(last: int, sequence: int, event_id: UUID, taken: UUID | None) -> Follows:
    """Judge the event ``event_id`` with number ``sequence``.

    Args:
        last: the number of the last event taken, 0 before the first.
        sequence: the event's own number.
        event_id: the event's id.
        taken: the id of the event that was taken before under this number, None if that is not known.
    """
    if sequence == last + 1:
        return Follows.NEXT
    if sequence <= last and taken == event_id:
        return Follows.AGAIN
    return Follows.BROKEN
