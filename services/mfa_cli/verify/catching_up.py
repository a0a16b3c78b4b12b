"""Rule: the projections are as far as the log was when the check began; they are waited for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_cli.verify.findings import Notes

if TYPE_CHECKING:
    from mfa_cli.verify.findings import Finding


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a partition's projections are: each the next offset in its own input."""

    relay: int = 0
    views: int = 0
    audit: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The offsets of the last event, and of the last audit record that the relay knows of; -1 for none."""

    event: int
    audit: int


def behind(partition: int, wanted: Wanted, reached: Reached) -> Finding:
    """Which of the three are not there yet."""
    notes = Notes("relay, views and audit table have caught up with the log", "positions")
    goals = (("relay", reached.relay, wanted.event), ("views", reached.views, wanted.event))
    for name, at, goal in (*goals, ("audit", reached.audit, wanted.audit)):
        notes.checked += 1
        if at <= goal:
            expected = f"past offset {goal}; run the workers (./run up) and try again"
            notes.differ(f"{name}[{partition}]", expected=expected, got=f"at {at}")
    return notes.finding()
