"""The two projections: the views of ``mfa.events``, and the table of ``mfa.audit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from exactly_once import HaltedError
from mfa_contracts import topics
from mfa_contracts.codec import decode_audit, decode_event
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.ids import record_key
from mfa_projections.projecting.folding import broken, fold
from mfa_projections.projecting.ports import AuditRow, Numbered
from mfa_projections.sequence import Follows, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from exactly_once import Record
    from mfa_contracts.audit import AuditMessage
    from mfa_contracts.events import Event
    from mfa_projections.projecting.ports import Head, Transaction
    from mfa_projections.views import UserKey

SHAPE: Final = 1
"""Of the tables that both projections write. With another one, `mfa rebuild` makes a version that has it."""

MessageT = TypeVar("MessageT", "Event", "AuditMessage")


class Projection(Protocol):
    """Folds the records of one topic into tables."""

    @property
    def name(self) -> str:
        """The name of its checkpoint."""
        ...

    @property
    def topic(self) -> str:
        """What it reads."""
        ...

    async def apply(self, transaction: Transaction, records: Sequence[Record]) -> int:
        """Apply records of one partition; returns how many were dropped because they stand twice.

        Raises:
            HaltedError: a record cannot be read, or is not the next one of its user.
        """
        ...


class Views:
    """``mfa.events`` to the rows of each user, and the history."""

    name: Final = "views"

    def __init__(self, topic: str = topics.EVENTS) -> None:
        self.topic = topic

    async def apply(self, transaction: Transaction, records: Sequence[Record]) -> int:
        """Load the rows of the users in the batch, fold, write what has changed."""
        events = [(record, _readable(record, decode_event)) for record in records]
        rows = await transaction.rows({(event.tenantid, event.subject) for _, event in events})
        old = {
            Numbered(event.tenantid, event.subject, event.sequence)
            for _, event in events
            if (user := rows.get((event.tenantid, event.subject))) is not None
            and event.sequence <= user.status.sequence
        }
        taken = await transaction.events_taken(old) if old else {}
        changes = fold(rows, taken, events)
        await transaction.write(changes)
        return changes.repeated


class AuditTable:
    """``mfa.audit`` to a row for each record."""

    name: Final = "audit"

    def __init__(self, topic: str = topics.AUDIT) -> None:
        self.topic = topic

    async def apply(self, transaction: Transaction, records: Sequence[Record]) -> int:
        """Append the records that are not there yet."""
        told = [(record, _readable(record, decode_audit)) for record in records]
        heads = await transaction.audit_heads({(message.tenantid, message.subject) for _, message in told})
        old = {
            Numbered(message.tenantid, message.subject, message.sequence)
            for _, message in told
            if (head := heads.get((message.tenantid, message.subject))) is not None
            and message.sequence <= head.sequence
        }
        taken = await transaction.audit_taken(old) if old else {}
        rows = _new_rows(heads, taken, told)
        await transaction.write_audit(rows)
        return len(records) - len(rows)


def _new_rows(
    heads: Mapping[UserKey, Head], taken: Mapping[Numbered, UUID], told: Sequence[tuple[Record, AuditMessage]]
) -> list[AuditRow]:
    rows: list[AuditRow] = []
    last = {key: head.sequence for key, head in heads.items()}
    known = dict(taken)
    for record, message in told:
        key = (message.tenantid, message.subject)
        number = Numbered(*key, message.sequence)
        follows = judge(last.get(key, 0), message.sequence, message.id, known.get(number))
        if follows is Follows.BROKEN:
            raise broken(record, last.get(key, 0), message.sequence)
        if follows is Follows.NEXT:
            last[key] = message.sequence
            known[number] = message.id
            rows.append(AuditRow(message, record.partition, record.offset))
    return rows


def _readable(record: Record, decode: Callable[[bytes], MessageT]) -> MessageT:
    try:
        message = decode(record.value or b"")
    except UnreadableMessageError as error:
        reason = f"unreadable: {error}; run the version of the service that knows it"
        raise HaltedError(record.partition, record.offset, reason) from None
    if record.key != record_key(message.tenantid, message.subject):
        raise HaltedError(record.partition, record.offset, "expected the key of the user that it tells of")
    return message
