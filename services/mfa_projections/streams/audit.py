"""The audit stream: exactly one record for each event, flat and complete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, assert_never

from mfa_contracts import events as e
from mfa_contracts.audit import AuditMessage, AuditRecord, RecordedFrom, audit_id
from mfa_contracts.outcomes import code_of, verdict_of
from mfa_contracts.vocabulary import OutcomeCode

if TYPE_CHECKING:
    from enum import StrEnum

    from mfa_contracts.fact_parts import Actor, RemovedEnrollment
    from mfa_contracts.ids import CodeId, EnrollmentId

SOURCE: Final = "mfa_projections"


def recorded(event: e.Event, partition: int, offset: int) -> AuditMessage:
    """The audit record of ``event``, which stands at this place of ``mfa.events``: the same again whoever emits it."""
    news = event.data
    kind = type(news).__name__
    return AuditMessage(
        id=audit_id(event.tenantid, event.subject, event.sequence, kind),
        source=SOURCE,
        time=event.time,
        correlationid=event.correlationid,
        traceparent=event.traceparent,
        tenantid=event.tenantid,
        subject=event.subject,
        sequence=event.sequence,
        causationid=event.causationid,
        data=_record(event, kind, _told(news), RecordedFrom(event_id=event.id, partition=partition, offset=offset)),
    )


class _Told(NamedTuple):
    """What one kind of fact says beside what all say."""

    reason: str | None = None
    ticket: str | None = None
    removed: tuple[RemovedEnrollment, ...] = ()
    enrollment_id: EnrollmentId | None = None
    recovery_code_id: CodeId | None = None
    failures: int | None = None
    approver: Actor | None = None


def _record(event: e.Event, kind: str, told: _Told, recorded_from: RecordedFrom) -> AuditRecord:
    news = event.data
    code = _code(news)
    return AuditRecord(
        kind=kind,
        at=event.time,
        verdict=verdict_of(code),
        code=code,
        actor=news.actor,
        target=news.target,
        mfa_version_before=news.mfa_version_before,
        mfa_version=news.mfa_version,
        command_id=event.causationid,
        source=news.source,
        recorded_from=recorded_from,
        personal=news.personal,
        **told._asdict(),
    )


def _code(news: e.News) -> OutcomeCode:
    if isinstance(news, e.RecoveryLocked):
        # The lock comes with the wrong code that was one too many: its command was refused.
        return OutcomeCode.INVALID_RECOVERY_CODE
    code, _ = code_of([news])
    return code


def _told(news: e.News) -> _Told:  # noqa: C901, PLR0911 - one case a fact, flat
    match news:
        case e.AuthenticatorEnrolled():
            return _Told(enrollment_id=news.enrollment_id)
        case e.AuthenticatorReplaced():
            return _Told(enrollment_id=news.enrollment_id)
        case e.AuthenticatorRemoved():
            return _Told(_why(news.reason), news.ticket, news.removed)
        case e.RecoveryCodeIssued():
            why = _why(news.reason, news.issue_reason)
            return _Told(why, news.ticket, recovery_code_id=news.issued.code_id)
        case e.RecoveryCodeRedeemed():
            return _Told(recovery_code_id=news.code_id)
        case e.RecoveryCodeRejected() | e.RecoveryLocked():
            return _Told(failures=news.failures)
        case e.RecoveryCodeVoided():
            return _Told(_why(news.reason, news.void_reason), news.ticket, recovery_code_id=news.code_id)
        case e.MfaReset():
            return _Told(
                _why(news.reason),
                news.ticket,
                news.removed,
                recovery_code_id=news.voided_code,
                approver=news.approver,
            )
        case e.CommandRefused() | e.NothingChanged():
            return _Told(_why(news.reason), news.ticket)
        case e.AccountClassified():
            return _Told()
        case _:
            assert_never(news)


def _why(*reasons: StrEnum | None) -> str | None:
    """The first reason that was given: somebody's own before the fact's kind of reason."""
    return next((reason.value for reason in reasons if reason is not None), None)
