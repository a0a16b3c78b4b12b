"""Rule: the history table holds every event, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import asdict

from mfa_cli.verify.rows import RowCheck
from mfa_projections.views import history_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding
    from mfa_cli.verify.rows import Row
RULE: Final = "the history is the events, one row for each"


class Numbered(NamedTuple):
    """The ``sequence``-th event of a user."""

    tenant: str
    user: str
    sequence: int


class HistoryCheck:
    """Is shown events and the rows of the same numbers.

    Args:
        until: the table's checkpoint; events from there on are not in it yet.
    """

    def __init__(self, until: int) -> None:
        self._until = until
        self.rows = RowCheck(RULE, "events")

    def due(self, appended: Sequence[Appended]) -> Mapping[Numbered, Appended]:
        """Which events must have a row."""
        return {_number(each): each for each in appended if each.offset < self._until}

    def compare(self, due: Mapping[Numbered, Appended], found: Mapping[Numbered, Row]) -> None:
        """Events that must be there, and the rows that are."""
        for number, appended in due.items():
            row = found.get(number)
            self.rows.compare(appended.place, _expected(appended), None if row is None else _parsed(row))

    def finding(self) -> Finding:
        """Every event is counted."""
        return self.rows.finding()


def _number(appended: Appended) -> Numbered:
    event = appended.event
    return Numbered(event.tenantid, event.subject, event.sequence)


def _expected(appended: Appended) -> Row:
    row = history_row(appended.event, appended.partition, appended.offset, appended.value)
    return _parsed(asdict(row))


def _parsed(row: Row) -> Row:
    # The database keeps JSON in a form of its own.
    return {**row, "event": json.loads(str(row["event"]))}
