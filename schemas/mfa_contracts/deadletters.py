"""Dead letters: what could not be decided, where it stands and why. Never the payload: it may hold a secret."""

from __future__ import annotations

from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from mfa_contracts.envelope import AnswerEnvelope
from mfa_contracts.fact_parts import Count, Offset
from mfa_contracts.ids import EventId
from mfa_contracts.model import Frozen, LongText, ShortText
from mfa_contracts.tokens import Digest
from mfa_contracts.vocabulary import OutcomeCode


class DeadRecord(Frozen):
    """Where the record stands (read it there while it is kept) and the SHA-256 and size in bytes of its value."""

    topic: ShortText
    partition: Count
    offset: Offset
    sha256: Digest
    size: Count


class DeadLetter(Frozen):
    """Why a record was not decided."""

    code: OutcomeCode
    reason: LongText
    record: DeadRecord


class DeadLetterMessage(AnswerEnvelope):
    """A dead letter in its frame; ``causationid`` is the command id where one could be read."""

    type: Literal["mfa.deadletter.RecordNotDecided.v1"] = "mfa.deadletter.RecordNotDecided.v1"
    data: DeadLetter


def dead_letter_id(topic: str, partition: int, offset: int) -> EventId:
    """The id of the dead letter of one record: the same again when the record is met again."""
    return EventId(uuid5(NAMESPACE_URL, f"{topic}/{partition}/{offset}"))
