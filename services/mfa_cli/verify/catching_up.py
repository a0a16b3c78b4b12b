"""Rule: the workers are as far as the log was when the check began; they are waited for a while, and never ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_cli.verify.findings import Notes

if TYPE_CHECKING:
    from mfa_cli.verify.findings import Finding

RULE: Final = "commands, relay, views and audit table stand at the end of the log"


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a partition's workers are: each the next offset in its own input."""

    commands: int = 0
    relay: int = 0
    views: int = 0
    audit: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The offsets of the last command, the last event, and the last audit record that the relay knows of; -1: none."""

    command: int
    event: int
    audit: int


@dataclass(frozen=True, slots=True)
class LogEnds:
    """One after the last record of a partition's events and audit records, as they were after ``Reached`` was."""

    events: int
    audit: int


def behind(partition: int, wanted: Wanted, reached: Reached) -> Finding:
    """Which of the four are not there yet."""
    notes = Notes(RULE, "positions")
    for name, at, goal in (
        ("commands", reached.commands, wanted.command),
        ("relay", reached.relay, wanted.event),
        ("views", reached.views, wanted.event),
        ("audit", reached.audit, wanted.audit),
    ):
        notes.checked += 1
        if at <= goal:
            expected = f"past offset {goal}; run the workers (./run up) and try again"
            notes.differ(f"{name}[{partition}]", expected=expected, got=f"at {at}")
    return notes.finding()


def ahead(partition: int, reached: Reached, ends: LogEnds) -> Finding:
    """Which projections claim what nobody has written yet; the positions were counted before."""
    notes = Notes(RULE, "positions")
    for name, at, end in (
        ("relay", reached.relay, ends.events),
        ("views", reached.views, ends.events),
        ("audit", reached.audit, ends.audit),
    ):
        if at > end:
            expected = f"up to {end}, the end of its log; what comes next would be left out"
            notes.differ(f"{name}[{partition}]", expected=expected, got=f"at {at}")
    return notes.finding()
