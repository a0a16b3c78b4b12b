"""The enrolments view: which authenticators a user has."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from mfa_contracts import events as e


class Enrollment(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One enrolment, as an object of the JSON array in the column ``enrollments``; absent fields are left out.

    ``replaced_at`` is when a re-installed app last kept it. Times are UTC, RFC 3339.
    """

    id: str
    method: str
    enrolled_at: datetime
    linked_to: str | None = None
    app_instance: str | None = None
    replaced_at: datetime | None = None
    device_label: str | None = None
    address_hint: str | None = None


class Enrollments(msgspec.Struct, frozen=True, gc=False):
    """All enrolments of one user, in the order in which they were bound."""

    tenant_id: str
    user_id: str
    enrollments: tuple[Enrollment, ...] = ()


def evolve(row: Enrollments | None, event: e.Event) -> Enrollments:
    """The row after ``event``; the very same row when the event does not concern it."""
    before = Enrollments(event.tenantid, event.subject) if row is None else row
    news = event.data
    match news:
        case e.AuthenticatorEnrolled():
            return replace(before, enrollments=(*before.enrollments, _enrolled(news, event.time)))
        case e.AuthenticatorReplaced():
            return replace(before, enrollments=_replaced(before.enrollments, news, event.time))
        case e.AuthenticatorRemoved():
            return replace(before, enrollments=_without(before.enrollments, news))
        case e.MfaReset():
            return replace(before, enrollments=())
        case e.RecoveryCodeRedeemed() | e.RecoveryCodeIssued() | e.RecoveryCodeRejected() | e.RecoveryCodeVoided():
            return before
        case e.RecoveryLocked() | e.AccountClassified() | e.CommandRefused() | e.NothingChanged():
            return before
        case _:
            assert_never(news)


def _enrolled(news: e.AuthenticatorEnrolled, at: datetime) -> Enrollment:
    personal = news.personal
    return Enrollment(
        id=news.enrollment_id,
        method=news.method.value,
        enrolled_at=at,
        linked_to=news.linked_to,
        app_instance=news.app_instance,
        device_label=None if personal is None else personal.device_label,
        address_hint=None if personal is None else personal.address_hint,
    )


def _replaced(before: tuple[Enrollment, ...], news: e.AuthenticatorReplaced, at: datetime) -> tuple[Enrollment, ...]:
    return tuple(
        replace(one, app_instance=news.app_instance, replaced_at=at) if one.id == news.enrollment_id else one
        for one in before
    )


def _without(before: tuple[Enrollment, ...], news: e.AuthenticatorRemoved) -> tuple[Enrollment, ...]:
    gone = {one.enrollment_id for one in news.removed}
    return tuple(one for one in before if one.id not in gone)
