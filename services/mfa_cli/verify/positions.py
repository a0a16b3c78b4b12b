"""Rule: a partition's record in ``mfa.state`` stands exactly behind what was processed.

It names the next command and the last event; both were written in the transaction that appended that event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_cli.verify.findings import Notes

if TYPE_CHECKING:
    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding

NONE: Final = -1
"""The last event offset of a partition without events."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a partition stands: the offset of the next command, and of the last event (-1: none yet)."""

    next_command: int
    last_event: int


@dataclass(frozen=True, slots=True)
class Ends:
    """One after the last committed record of a partition of ``mfa.events``, and of ``mfa.commands``."""

    events: int
    commands: int


class PositionCheck:
    """Watches where the last event known to the record stands, and what comes after it.

    Args:
        place: what the record is called in a difference, for instance ``mfa.state[3]@17``.
        standing: what the record says; None when there is no record.
        ends: the end of this partition's events before the record was read, and of its commands after that.
    """

    def __init__(self, place: str, standing: Standing | None, ends: Ends) -> None:
        self._notes = Notes("a partition's record is one after its last command, and names its last event", "records")
        self._place = place
        self._is_there = standing is not None
        self._standing = standing or Standing(0, NONE)
        self._ends = ends
        self._last = NONE

    def meet(self, appended: Appended) -> None:
        """Up to the record all commands are before its position, after it none is."""
        source, standing = appended.event.data.source.offset, self._standing
        known = appended.offset <= standing.last_event
        if known or appended.offset < self._ends.events:
            self._last = appended.offset
        if known is not (source < standing.next_command):
            expected = f"a command {'before' if known else 'not before'} the next one, {standing.next_command}"
            self._notes.differ(appended.place, expected=expected, got=f"the command at offset {source}")

    def finding(self) -> Finding:
        """One record, if there is one; none is right only where there is no event."""
        self._notes.checked += self._is_there
        last, following = self._standing.last_event, self._standing.next_command
        if last != self._last:
            self._notes.differ(self._place, expected=f"last event {self._last}, as in the log", got=last)
        if following > self._ends.commands:
            expected = f"a next command up to {self._ends.commands}, the end of the commands"
            self._notes.differ(self._place, expected=expected, got=following)
        return self._notes.finding()
