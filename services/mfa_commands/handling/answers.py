"""From what was decided to records: facts, an outcome, a dead letter."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from exactly_once.records import Output
from mfa_contracts import topics
from mfa_contracts.codec import encode
from mfa_contracts.deadletters import DeadLetter, DeadLetterMessage, DeadRecord, dead_letter_id
from mfa_contracts.envelope import CONTENT_TYPE, CONTENT_TYPE_HEADER
from mfa_contracts.ids import record_key
from mfa_contracts.outcomes import OutcomeMessage, answer, outcome_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from exactly_once.records import Record
    from mfa_commands.handling.admission import NotAdmitted
    from mfa_contracts.commands import Command
    from mfa_contracts.events import Event
    from mfa_contracts.ids import CommandId
    from mfa_contracts.outcomes import Outcome

SOURCE: Final = "mfa_commands"
_HEADERS: Final = ((CONTENT_TYPE_HEADER, CONTENT_TYPE),)
_REASON_SYMBOLS: Final = 500


def fact(key: bytes, event: Event) -> Output:
    """An event as a record of ``mfa.events``."""
    return Output(topics.EVENTS, key, encode(event), _HEADERS)


def outcome(command: Command, said: Outcome, now: datetime) -> Output:
    """The answer to a command that was decided, as a record of ``mfa.outcomes``."""
    message = OutcomeMessage(
        source=SOURCE,
        time=now,
        correlationid=command.correlationid,
        traceparent=command.traceparent,
        id=outcome_id(command.id, record_key(command.tenantid, command.subject)),
        causationid=command.id,
        data=said,
    )
    return _outcome(command.id, message)


def turned_away(record: Record, refusal: NotAdmitted, now: datetime) -> Iterator[Output]:
    """A dead letter, and an ``invalid`` outcome where there is a command id to send it to."""
    yield dead_letter(record, refusal, now)
    if refusal.command_id is not None:
        yield _outcome(refusal.command_id, _invalid(record, refusal, refusal.command_id, now))


def dead_letter(record: Record, refusal: NotAdmitted, now: datetime) -> Output:
    """Where the record stands and why it was not decided; never what is in it."""
    letter_id = dead_letter_id(topics.COMMANDS, record.partition, record.offset)
    message = DeadLetterMessage(
        source=SOURCE,
        time=now,
        correlationid=refusal.correlation_id or str(refusal.command_id or letter_id),
        id=letter_id,
        causationid=refusal.command_id,
        data=DeadLetter(code=refusal.code, reason=_harmless(refusal.reason, _REASON_SYMBOLS), record=_pointer(record)),
    )
    return Output(topics.DEADLETTERS, str(letter_id).encode(), encode(message), _HEADERS)


def _harmless(reason: str, most: int) -> str:
    # Whatever a reason comes to hold: an answer that cannot be made would cost its whole batch, again and again.
    shown = "".join(symbol if symbol.isprintable() else "?" for symbol in reason[:most])
    return shown or "not said"


def _pointer(record: Record) -> DeadRecord:
    value = record.value or b""
    return DeadRecord(
        topic=topics.COMMANDS,
        partition=record.partition,
        offset=record.offset,
        sha256=sha256(value).hexdigest(),
        size=len(value),
    )


def _invalid(record: Record, refusal: NotAdmitted, command: CommandId, now: datetime) -> OutcomeMessage:
    return OutcomeMessage(
        source=SOURCE,
        time=now,
        correlationid=refusal.correlation_id or str(command),
        id=outcome_id(command, record.key or b""),
        causationid=command,
        data=answer(refusal.code, detail=_harmless(refusal.reason, _REASON_SYMBOLS // 2)),
    )


def _outcome(command: CommandId, message: OutcomeMessage) -> Output:
    return Output(topics.OUTCOMES, str(command).encode(), encode(message), _HEADERS)
