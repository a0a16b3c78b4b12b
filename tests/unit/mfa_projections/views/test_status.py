"""What the status view shows after a user's events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mfa_projections.views import fold_history
from support.facts import START, Life

if TYPE_CHECKING:
    from mfa_projections.views import Status


def shown(ann: Life) -> Status:
    return fold_history(ann.events)[ann.key].status


def test_a_user_of_whom_only_a_refusal_is_known_must_enroll() -> None:
    ann = Life()
    ann.refused()

    assert (shown(ann).enrolled, shown(ann).must_enroll) == (False, True)


def test_who_has_enrolled_need_not() -> None:
    ann = Life()
    ann.enrolled()

    assert (shown(ann).enrolled, shown(ann).must_enroll) == (True, False)


def test_after_a_reset_the_user_must_enroll_and_older_sessions_end() -> None:
    ann = Life()
    ann.enrolled()
    reset = ann.reset()

    assert (shown(ann).must_enroll, shown(ann).sessions_invalid_before) == (True, reset.time)


def test_removing_one_of_two_enrolments_leaves_the_user_enrolled() -> None:
    ann = Life()
    ann.enrolled("dev_1")
    ann.enrolled("dev_2")
    ann.removed("dev_1", remaining=1)

    assert shown(ann).enrolled
    assert shown(ann).sessions_invalid_before is None


def test_removing_the_last_enrolment_ends_as_a_reset_does() -> None:
    ann = Life()
    ann.enrolled("dev_1")
    removed = ann.removed("dev_1", remaining=0)

    assert (shown(ann).must_enroll, shown(ann).sessions_invalid_before) == (True, removed.time)


def test_a_lock_is_shown_and_a_reset_takes_it_away() -> None:
    ann = Life()
    ann.enrolled()
    ann.locked()
    locked = shown(ann).locked
    ann.reset()

    assert (locked, shown(ann).locked) == (True, False)


def test_without_an_enrolment_nothing_is_locked() -> None:
    ann = Life()
    ann.locked()

    assert not shown(ann).locked


def test_the_last_enrolments_end_takes_the_lock_away() -> None:
    ann = Life()
    ann.enrolled("dev_1")
    ann.locked()
    ann.removed("dev_1", remaining=0)

    assert not shown(ann).locked


def test_the_account_is_what_the_directory_said_last() -> None:
    until = datetime(2026, 5, 7, tzinfo=UTC)
    ann = Life()
    ann.classified("tenant_admin")
    ann.classified("end_user", 2, previous="tenant_admin", protected_until=until)

    assert (shown(ann).account_kind, shown(ann).protected_until) == ("end_user", until)


def test_the_row_names_the_last_event_and_its_version() -> None:
    ann = Life()
    ann.enrolled()
    last = ann.refused()

    row = shown(ann)

    assert (row.sequence, row.last_event_id, row.mfa_version) == (2, last.id, 1)
    assert (row.tenant_id, row.user_id) == ("acme", "ann")
    assert row.updated_at == last.time > START
