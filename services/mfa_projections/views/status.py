"""The status view: what a log-in service needs to know of a user."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never
from uuid import UUID

import msgspec
from msgspec.structs import replace

from mfa_contracts import events as e


class Status(msgspec.Struct, frozen=True, gc=False):
    """One user, in the order of the columns of ``status``. Times are UTC.

    ``account_kind`` is None while the directory has not said; a demoted account stays protected until
    ``protected_until``. ``sequence`` and ``last_event_id`` name the last event that is folded in.
    """

    tenant_id: str
    user_id: str
    account_kind: str | None
    protected_until: datetime | None
    enrolled: bool
    must_enroll: bool
    mfa_version: int
    sequence: int
    last_event_id: UUID
    locked: bool
    sessions_invalid_before: datetime | None
    updated_at: datetime


def evolve(row: Status | None, event: e.Event) -> Status:
    """The row after ``event``; None stands for a user without events."""
    after = _after(_newcomer(event) if row is None else row, event.data)
    return replace(
        after,
        mfa_version=event.data.mfa_version,
        sequence=event.sequence,
        last_event_id=event.id,
        updated_at=event.time,
    )


def _newcomer(event: e.Event) -> Status:
    return Status(
        tenant_id=event.tenantid,
        user_id=event.subject,
        account_kind=None,
        protected_until=None,
        enrolled=False,
        must_enroll=True,
        mfa_version=0,
        sequence=0,
        last_event_id=event.id,
        locked=False,
        sessions_invalid_before=None,
        updated_at=event.time,
    )


def _after(row: Status, news: e.News) -> Status:  # noqa: PLR0911 - one case a fact, flat
    match news:
        case e.RecoveryCodeRedeemed():
            return replace(row, locked=False)
        case e.AuthenticatorEnrolled():
            return replace(row, enrolled=True, must_enroll=False)
        case e.MfaReset():
            return _gone(row, news.sessions_invalid_before)
        case e.AuthenticatorRemoved():
            return row if news.remaining else _gone(row, news.sessions_invalid_before)
        case e.RecoveryLocked():
            # Without an enrolment there is nothing that could be locked.
            return replace(row, locked=row.enrolled)
        case e.AccountClassified():
            return replace(row, account_kind=news.kind.value, protected_until=news.protected_until)
        case e.AuthenticatorReplaced() | e.RecoveryCodeIssued() | e.RecoveryCodeRejected() | e.RecoveryCodeVoided():
            return row
        case e.CommandRefused() | e.NothingChanged():
            return row
        case _:
            assert_never(news)


def _gone(row: Status, sessions_invalid_before: datetime | None) -> Status:
    return replace(row, enrolled=False, must_enroll=True, locked=False, sessions_invalid_before=sessions_invalid_before)
