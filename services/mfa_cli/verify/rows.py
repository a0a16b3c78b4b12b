"""Comparing rows: what the log says that a table must hold, with what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_cli.verify.findings import Notes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_cli.verify.findings import Finding

    Row = Mapping[str, object]
    """A row's values by column."""


class RowCheck:
    """Compares row by row and says which columns differ."""

    def __init__(self, rule: str, unit: str) -> None:
        self._notes = Notes(rule, unit)
        self.found = 0
        """So many rows were there."""

    def compare(self, place: object, expected: Row, found: Row | None) -> None:
        """One row that must be there."""
        self._notes.checked += 1
        if found is None:
            self._notes.differ(place, expected="a row", got="none")
            return
        self.found += 1
        for column, value in expected.items():
            if found.get(column) != value:
                self._notes.differ(place, expected=f"{column} {_told(value)}", got=_told(found.get(column)))

    def stray(self, place: object) -> None:
        """A row that must not be there."""
        self._notes.differ(place, expected="no row, since the log has nothing for it", got="one")

    def finding(self) -> Finding:
        """Every row that must be there is counted."""
        return self._notes.finding()


def _told(value: object) -> str:
    told = str(value)
    shown_max = 80
    return told if len(told) <= shown_max else f"{told[:shown_max]}…"
