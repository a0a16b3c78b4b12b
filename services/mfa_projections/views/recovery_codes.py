"""The recovery-code view: whether there is a code that works. Never how it is recognised."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from mfa_contracts import events as e


class CodeState(StrEnum):
    """What has become of a user's recovery code."""

    NONE = "none"
    """There never was one."""
    ACTIVE = "active"
    VOIDED = "voided"
    """There was one, and now there is none."""
    LOCKED = "locked"
    """No code is tried, whether there is one or not."""


class RecoveryCode(msgspec.Struct, frozen=True, gc=False):
    """One user's code, in the order of the columns of ``recovery_codes``. Times are UTC.

    ``code_id`` and ``issued_at`` are of the code that is alive, None without one. ``failures`` counts the wrong codes
    in a row; before ``retry_at`` none is tried.
    """

    tenant_id: str
    user_id: str
    state: str = CodeState.NONE.value
    code_id: str | None = None
    issued_at: datetime | None = None
    last_redeemed_at: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None


def evolve(row: RecoveryCode | None, event: e.Event) -> RecoveryCode:
    """The row after ``event``; the very same row when the event does not concern it."""
    before = RecoveryCode(event.tenantid, event.subject) if row is None else row
    return _after(before, event.data, event.time)


def _after(row: RecoveryCode, news: e.News, at: datetime) -> RecoveryCode:  # noqa: PLR0911 - one case a fact, flat
    match news:
        case e.RecoveryCodeRedeemed():
            return _redeemed(row, news, at)
        case e.RecoveryCodeIssued():
            return replace(row, state=_or_locked(row, CodeState.ACTIVE), code_id=news.issued.code_id, issued_at=at)
        case e.RecoveryCodeRejected():
            return replace(row, failures=news.failures, retry_at=news.retry_at)
        case e.RecoveryCodeVoided():
            return replace(row, state=_or_locked(row, CodeState.VOIDED), code_id=None, issued_at=None)
        case e.RecoveryLocked():
            return replace(row, state=CodeState.LOCKED.value)
        case e.MfaReset():
            return _gone(row)
        case e.AuthenticatorRemoved():
            return row if news.remaining else _gone(row)
        case e.AuthenticatorEnrolled() | e.AuthenticatorReplaced() | e.AccountClassified():
            return row
        case e.CommandRefused() | e.NothingChanged():
            return row
        case _:
            assert_never(news)


def _redeemed(row: RecoveryCode, news: e.RecoveryCodeRedeemed, at: datetime) -> RecoveryCode:
    return RecoveryCode(
        row.tenant_id,
        row.user_id,
        state=CodeState.ACTIVE.value,
        code_id=news.replacement.code_id,
        issued_at=at,
        last_redeemed_at=at,
    )


def _or_locked(row: RecoveryCode, otherwise: CodeState) -> str:
    # A lock outlives the code that it came with: only a reset or the last enrolment's end takes it away.
    return row.state if row.state == CodeState.LOCKED.value else otherwise.value


def _gone(row: RecoveryCode) -> RecoveryCode:
    state = row.state if row.state == CodeState.NONE.value else CodeState.VOIDED.value
    return RecoveryCode(row.tenant_id, row.user_id, state=state, last_redeemed_at=row.last_redeemed_at)
