"""Rule: the records of position belong to this very log: same cluster, same topics, same number of partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mfa_cli.verify.findings import Notes

if TYPE_CHECKING:
    from exactly_once.position import LogIdentity
    from mfa_cli.verify.findings import Finding
RULE: Final = "positions belong to this cluster, these topics and this number of partitions"


def same_log(place: str, recorded: LogIdentity | None, found: LogIdentity) -> Finding:
    """Compare what a record says with what is there; without a record there is nothing to compare.

    Args:
        place: what the record is called in a difference.
        recorded: whose log the partition's record says that it is.
        found: what the broker says now.
    """
    notes = Notes(RULE, "records")
    if recorded is None:
        return notes.finding()
    notes.checked += 1
    difference = recorded.differs_from(found)
    if difference:
        notes.differ(place, expected="the log that it was written for", got=f"(recorded, found) {difference}")
    return notes.finding()


def begun_on(projection: str, recorded: LogIdentity | None, found: LogIdentity) -> Finding:
    """Compare the log that a projection was begun on; one that stands somewhere must have said where."""
    place = f"projection_log {projection}"
    if recorded is not None:
        return same_log(place, recorded, found)
    notes = Notes(RULE, "records", checked=1)
    notes.differ(place, expected="a row, since it has checkpoints", got="none")
    return notes.finding()
