"""Rule: every event, audit record and dead letter can be read; the former stand under their user's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_cli.verify.appended import Appended
from mfa_cli.verify.audits import Told
from mfa_cli.verify.findings import Notes, Place
from mfa_contracts.codec import decode_audit, decode_dead_letter, decode_event
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.ids import record_key
from mfa_contracts.topics import AUDIT, DEADLETTERS, EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet
    from typing import TypeVar

    from exactly_once.records import Record
    from mfa_cli.verify.findings import Finding
    from mfa_contracts.audit import AuditMessage
    from mfa_contracts.events import Event

    M = TypeVar("M", Event, AuditMessage)
    T = TypeVar("T")


class ReadableCheck:
    """Decodes; what cannot be read is noted and left out."""

    def __init__(self) -> None:
        self._notes = Notes("every event, audit record and dead letter can be read", "records")

    def events(self, records: Sequence[Record]) -> Sequence[Appended]:
        """The events in these records of ``mfa.events``."""
        read = ((record, self._read(EVENTS, record, decode_event)) for record in records)
        return [Appended(r.partition, r.offset, event, r.value or b"") for r, event in read if event is not None]

    def audits(self, records: Sequence[Record]) -> Sequence[Told]:
        """The audit records in these records of ``mfa.audit``."""
        read = ((record, self._read(AUDIT, record, decode_audit)) for record in records)
        return [Told(record.partition, record.offset, message) for record, message in read if message is not None]

    def dead(self, records: Sequence[Record]) -> AbstractSet[int]:
        """The offsets of the commands that these records of ``mfa.deadletters`` tell of."""
        read = [self._decoded(Place(DEADLETTERS, r.partition, r.offset), r, decode_dead_letter) for r in records]
        return {letter.data.record.offset for letter in read if letter is not None}

    def _read(self, topic: str, record: Record, decode: Callable[[bytes], M]) -> M | None:
        place = Place(topic, record.partition, record.offset)
        message = self._decoded(place, record, decode)
        if message is not None and record.key != record_key(message.tenantid, message.subject):
            self._notes.differ(place, expected=f"the key {message.tenantid}/{message.subject}", got="another one")
        return message

    def _decoded(self, place: Place, record: Record, decode: Callable[[bytes], T]) -> T | None:
        self._notes.checked += 1
        try:
            return decode(record.value or b"")
        except UnreadableMessageError as error:
            self._notes.differ(place, expected="a message of ours", got=f"an unreadable one ({error})")
            return None

    def finding(self) -> Finding:
        """Every record is counted."""
        return self._notes.finding()
