"""Outcomes: the answer to a command, derived from the facts it left. No tenant, no user, no reason text in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal
from uuid import uuid5

from pydantic import Field

from mfa_contracts.envelope import AnswerEnvelope
from mfa_contracts.events import CommandRefused, NothingChanged, RecoveryCodeRejected
from mfa_contracts.ids import CommandId, EventId, Version
from mfa_contracts.model import Frozen, Instant, LongText
from mfa_contracts.sealing import SealedCode
from mfa_contracts.vocabulary import OutcomeCode, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_contracts.events import News


class Answer(Frozen):
    """What all verdicts say: a stable code, a sentence, and where the user's facts and version now stand."""

    code: OutcomeCode
    message: LongText
    sequence: Annotated[int, Field(ge=0)] | None = None
    mfa_version: Version | None = None
    event_ids: tuple[EventId, ...] = ()


class Accepted(Answer):
    """Done, or already so. ``sealed_code`` carries a newly issued recovery code, once."""

    verdict: Literal[Verdict.ACCEPTED] = Verdict.ACCEPTED
    sealed_code: SealedCode | None = None


class Refused(Answer):
    """Understood and not done. ``retry_at`` says when a try makes sense again."""

    verdict: Literal[Verdict.REFUSED] = Verdict.REFUSED
    retry_at: Instant | None = None


class Invalid(Answer):
    """Not decided: the message cannot be what it claims; a dead letter says where it stands."""

    verdict: Literal[Verdict.INVALID] = Verdict.INVALID


Outcome = Accepted | Refused | Invalid
AnyOutcome = Annotated[Outcome, Field(discriminator="verdict")]


class OutcomeMessage(AnswerEnvelope):
    """An outcome in its frame; the record key is the command id."""

    type: Literal["mfa.outcome.CommandDecided.v1"] = "mfa.outcome.CommandDecided.v1"
    causationid: CommandId
    data: AnyOutcome


def outcome_id(command: CommandId, key: bytes) -> EventId:
    """The id of the outcome of a command that came under this record key: a repeated answer is the same message.

    An outcome names no user, yet a sender knows by its id whether it is about theirs: nobody else's command under the
    same id has it.
    """
    return EventId(uuid5(command, f"outcome {key.hex()}"))


def code_of(news: Sequence[News]) -> tuple[OutcomeCode, Instant | None]:
    """The outcome code of the facts that one command left, and when to try again.

    A verdict comes from appended facts alone, so that an I/O error can never look like one.
    """
    for fact in news:
        match fact:
            case CommandRefused(code=code, retry_at=retry_at):
                return code, retry_at
            case RecoveryCodeRejected(retry_at=retry_at):
                return OutcomeCode.INVALID_RECOVERY_CODE, retry_at
            case NothingChanged():
                return OutcomeCode.NOTHING_CHANGED, None
            case _:
                continue
    return OutcomeCode.OK, None


def verdict_of(code: OutcomeCode) -> Verdict:
    """Which verdict a code belongs to."""
    if code in _ACCEPTED:
        return Verdict.ACCEPTED
    return Verdict.INVALID if code in _INVALID else Verdict.REFUSED


_ACCEPTED: Final = frozenset({OutcomeCode.OK, OutcomeCode.NOTHING_CHANGED, OutcomeCode.CODE_ALREADY_SENT})
_INVALID: Final = frozenset(
    {
        OutcomeCode.MALFORMED,
        OutcomeCode.TOO_LARGE,
        OutcomeCode.KEY_MISMATCH,
        OutcomeCode.WRONG_PARTITION,
        OutcomeCode.TOKEN_MISSING,
        OutcomeCode.TOKEN_INVALID,
        OutcomeCode.INTERNAL_ERROR,
    }
)

SENTENCES: Final[Mapping[OutcomeCode, str]] = {
    OutcomeCode.OK: "Done.",
    OutcomeCode.NOTHING_CHANGED: "It was already so; nothing changed.",
    OutcomeCode.CODE_ALREADY_SENT: "Done before; the new code was sent with the first answer and is not kept.",
    OutcomeCode.INVALID_RECOVERY_CODE: "The recovery code is not valid.",
    OutcomeCode.TOO_MANY_ATTEMPTS: "Too many wrong recovery codes; wait until the time given or ask an admin.",
    OutcomeCode.ADMIN_TARGET_FORBIDDEN: "The MFA of an admin is reset by support only; contact support.",
    OutcomeCode.SELF_RESET_FORBIDDEN: "An admin cannot reset their own MFA; contact support.",
    OutcomeCode.APPROVAL_REQUIRED: "A protected account needs a second support person's approval.",
    OutcomeCode.STEP_UP_REQUIRED: "Confirm with a second factor first; it may be at most five minutes old.",
    OutcomeCode.FIRST_FACTOR_REQUIRED: "Log in with user name and password first.",
    OutcomeCode.TICKET_REQUIRED: "An admin's change needs a reason and a ticket.",
    OutcomeCode.NOT_ENROLLED: "The user has no enrolment that this needs.",
    OutcomeCode.UNKNOWN_ENROLLMENT: "There is no such enrolment.",
    OutcomeCode.ALREADY_ENROLLED: "There is an enrolment with this id already.",
    OutcomeCode.TOO_MANY_ENROLLMENTS: "The user has as many enrolments as an account may have; remove one first.",
    OutcomeCode.STATE_CHANGED: "The account has changed since you looked; look again and decide anew.",
    OutcomeCode.ACCOUNT_UNCLASSIFIED: "The directory has not said what kind of account this is; it is protected.",
    OutcomeCode.FORBIDDEN: "This actor may not do this here.",
    OutcomeCode.EXPIRED: "The command is too old to be carried out; send a new one.",
    OutcomeCode.COMMAND_ID_REUSED: "This command id was used for another command; choose a new one.",
    OutcomeCode.TOO_MANY_REQUESTS: "Too many commands for this user within a day; try again later.",
    OutcomeCode.ERASED: "The account has been erased.",
    OutcomeCode.MALFORMED: "The message is not a command of this service.",
    OutcomeCode.TOO_LARGE: "The message is larger than a command may be.",
    OutcomeCode.KEY_MISMATCH: "The record key does not belong to the command's tenant and user.",
    OutcomeCode.WRONG_PARTITION: "The record is not on the partition that its key belongs to.",
    OutcomeCode.TOKEN_MISSING: "The transaction token is missing.",
    OutcomeCode.TOKEN_INVALID: "The transaction token is not valid for this command.",
    OutcomeCode.INTERNAL_ERROR: "The service failed to decide the command; nothing changed.",
}


def answer(  # noqa: PLR0913 - an outcome has this many parts, all named at the call
    code: OutcomeCode,
    *,
    sequence: int | None = None,
    mfa_version: int | None = None,
    event_ids: tuple[EventId, ...] = (),
    retry_at: Instant | None = None,
    sealed_code: SealedCode | None = None,
    detail: str | None = None,
) -> Outcome:
    """The outcome for ``code``, with its sentence; ``detail`` (of ours, never of the sender's) is added to it."""
    message = SENTENCES[code] if detail is None else f"{SENTENCES[code]} ({detail})"
    said = {"code": code, "message": message, "sequence": sequence, "mfa_version": mfa_version, "event_ids": event_ids}
    match verdict_of(code):
        case Verdict.ACCEPTED:
            return Accepted.model_validate({**said, "sealed_code": sealed_code})
        case Verdict.REFUSED:
            return Refused.model_validate({**said, "retry_at": retry_at})
        case Verdict.INVALID:
            return Invalid.model_validate(said)
