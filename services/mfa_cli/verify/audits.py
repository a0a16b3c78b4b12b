"""Rules: ``mfa.audit`` tells of each event once, word for word; the audit table holds just these records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from mfa_cli.verify.findings import Notes, Place
from mfa_cli.verify.rows import RowCheck
from mfa_contracts.codec import encode
from mfa_contracts.topics import AUDIT
from mfa_projections.adapters.audit_rows import columns
from mfa_projections.projecting.ports import AuditRow
from mfa_projections.streams import recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from exactly_once.records import Offset, Partition
    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding
    from mfa_cli.verify.rows import Row
    from mfa_contracts.audit import AuditMessage

TABLE_RULE: Final = "the audit table is mfa.audit, one row for each record"

_JSON_COLUMNS: Final = ("approver", "removed", "personal")


@dataclass(frozen=True, slots=True)
class Told:
    """An audit record at its place in ``mfa.audit``."""

    partition: Partition
    offset: Offset
    message: AuditMessage

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(AUDIT, self.partition, self.offset)


class AuditCheck:
    """Is told all audit records of a partition, then meets its events.

    Args:
        until: the relay's position; events from there on need not have been told yet.
    """

    def __init__(self, until: int) -> None:
        self._notes = Notes("mfa.audit tells of each event once, word for word", "records")
        self._until = until
        self._told: dict[int, tuple[bytes, Place]] = {}

    def hear(self, told: Told) -> None:
        """The next audit record."""
        self._notes.checked += 1
        source = told.message.data.recorded_from
        if source.partition != told.partition:
            self._notes.differ(told.place, expected=f"an event of partition {told.partition}", got=source.partition)
        elif source.offset in self._told:
            self._notes.differ(told.place, expected="one record of an event", got=f"a second one of {source.offset}")
        else:
            self._told[source.offset] = (_digest(told.message), told.place)

    def meet(self, appended: Appended) -> None:
        """The event must have been told of, as it is."""
        told = self._told.pop(appended.offset, None)
        if told is None:
            if appended.offset < self._until:
                self._notes.differ(appended.place, expected="an audit record", got="none")
        elif told[0] != _digest(recorded(appended.event, appended.partition, appended.offset)):
            self._notes.differ(told[1], expected=f"what {appended.place} says", got="another record")

    def finding(self) -> Finding:
        """Every audit record is counted."""
        for offset, (_, place) in self._told.items():
            self._notes.differ(place, expected=f"an event at offset {offset}, since it is told of", got="none")
        self._told.clear()
        return self._notes.finding()


class AuditTableCheck:
    """Is shown audit records and the rows of the same ids.

    Args:
        until: the table's checkpoint; records from there on are not in it yet.
    """

    def __init__(self, until: int) -> None:
        self._until = until
        self.rows = RowCheck(TABLE_RULE, "records")

    def due(self, told: Sequence[Told]) -> Sequence[Told]:
        """Which records must have a row."""
        return [each for each in told if each.offset < self._until]

    def compare(self, due: Sequence[Told], found: Mapping[UUID, Row]) -> None:
        """Records that must be there, and the rows that are, each with all columns in the table's order."""
        for told in due:
            row = found.get(told.message.id)
            names = () if row is None else tuple(row)
            self.rows.compare(told.place, _expected(told, names), None if row is None else _parsed(row))

    def finding(self) -> Finding:
        """Every record is counted."""
        return self.rows.finding()


def _digest(message: AuditMessage) -> bytes:
    # A digest is small: a partition's records need not be held.
    return sha256(encode(message)).digest()


def _expected(told: Told, names: Sequence[str]) -> Row:
    if not names:
        return {}
    values = [column[0] for column in columns([AuditRow(told.message, told.partition, told.offset)])]
    return _parsed(dict(zip(names, values, strict=True)))


def _parsed(row: Row) -> Row:
    # The database keeps JSON in a form of its own.
    told = {name: row[name] for name in _JSON_COLUMNS}
    return {**row, **{name: None if text is None else json.loads(str(text)) for name, text in told.items()}}
