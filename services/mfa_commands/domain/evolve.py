"""The fold: what a state is after one more event. The log alone makes the state, the command-id window included."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Final, assert_never

from msgspec.structs import replace

from mfa_commands.domain.state import KINDS, METHODS, Classified, Enrolled, Enrollment, LiveCode, Redemption
from mfa_commands.domain.window import remembering
from mfa_contracts import events as e

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.fact_parts import IssuedCode

_METHOD_NUMBERS: Final = {method: number for number, method in enumerate(METHODS)}
_KIND_NUMBERS: Final = {kind: number for number, kind in enumerate(KINDS)}


def evolve(state: UserMfa, event: e.Event) -> UserMfa:
    """The state after ``event``. Total: no event of any user's log is refused here, a fact is a fact.

    Whether the sequence goes on without a gap is for the reader of the log to see.
    """
    return replace(
        _after(state, event.data, event.time),
        sequence=event.sequence,
        mfa_version=event.data.mfa_version,
        last_at=event.time,
        window=remembering(state.window, event),
    )


def fold(state: UserMfa, events: Iterable[e.Event]) -> UserMfa:
    """The state after all of ``events`` in their order."""
    for event in events:
        state = evolve(state, event)
    return state


def _after(state: UserMfa, news: e.News, at: datetime) -> UserMfa:  # noqa: C901, PLR0911 - one case a fact, flat
    match news:
        case e.RecoveryCodeRedeemed():
            return _with(state, _redeemed(state.enrolled, news, at))
        case e.AuthenticatorEnrolled():
            return _with(state, _enrolled(state.enrolled, news))
        case e.RecoveryCodeIssued():
            return _with(state, _coded(state.enrolled, _live(news.issued)))
        case e.MfaReset():
            return replace(state, enrolled=None, sessions_invalid_before=news.sessions_invalid_before)
        case e.AuthenticatorReplaced():
            return _with(state, _replaced(state.enrolled, news))
        case e.AuthenticatorRemoved():
            return _removed(state, news)
        case e.RecoveryCodeRejected():
            return _with(state, _failed(state.enrolled, news))
        case e.RecoveryCodeVoided():
            return _with(state, _coded(state.enrolled, None))
        case e.RecoveryLocked():
            return _with(state, _locked(state.enrolled))
        case e.AccountClassified():
            return replace(state, classified=_classified(news))
        case e.CommandRefused() | e.NothingChanged():
            return state
        case _:
            assert_never(news)


def _with(state: UserMfa, enrolled: Enrolled | None) -> UserMfa:
    return replace(state, enrolled=enrolled)


def _enrolled(before: Enrolled | None, news: e.AuthenticatorEnrolled) -> Enrolled:
    one = Enrollment(news.enrollment_id, _METHOD_NUMBERS[news.method], news.linked_to, news.app_instance)
    return Enrolled((one,)) if before is None else replace(before, enrollments=(*before.enrollments, one))


def _replaced(before: Enrolled | None, news: e.AuthenticatorReplaced) -> Enrolled | None:
    if before is None:
        return None
    renewed = (
        replace(one, app_instance=news.app_instance) if one.enrollment_id == news.enrollment_id else one
        for one in before.enrollments
    )
    return replace(before, enrollments=tuple(renewed))


def _removed(state: UserMfa, news: e.AuthenticatorRemoved) -> UserMfa:
    gone = {one.enrollment_id for one in news.removed}
    before = () if state.enrolled is None else state.enrolled.enrollments
    left = tuple(one for one in before if one.enrollment_id not in gone)
    if state.enrolled is None or not left:
        # As after a reset: code, wrong tries, lock and redemption end with the last enrolment.
        return replace(state, enrolled=None, sessions_invalid_before=news.sessions_invalid_before)
    return _with(state, replace(state.enrolled, enrollments=left))


def _coded(before: Enrolled | None, code: LiveCode | None) -> Enrolled | None:
    return None if before is None else replace(before, code=code)


def _redeemed(before: Enrolled | None, news: e.RecoveryCodeRedeemed, at: datetime) -> Enrolled | None:
    if before is None:
        return None
    code, redemption = _live(news.replacement), Redemption(news.login, at)
    return Enrolled(before.enrollments, code, redemption=redemption)


def _failed(before: Enrolled | None, news: e.RecoveryCodeRejected) -> Enrolled | None:
    return None if before is None else replace(before, failures=news.failures, retry_at=news.retry_at)


def _locked(before: Enrolled | None) -> Enrolled | None:
    return None if before is None else replace(before, locked=True)


def _classified(news: e.AccountClassified) -> Classified:
    return Classified(_KIND_NUMBERS[news.kind], news.directory_version, news.protected_until)


def _live(issued: IssuedCode) -> LiveCode:
    verifier = issued.verifier
    return LiveCode(issued.code_id, verifier.pepper_id, _bytes(verifier.salt), _bytes(verifier.tag))


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")
