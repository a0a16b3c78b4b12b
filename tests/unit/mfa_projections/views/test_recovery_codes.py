"""What the recovery-code view shows after a user's events."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from mfa_projections.views import fold_history
from support.facts import START, Life

if TYPE_CHECKING:
    from mfa_projections.views import RecoveryCode


def shown(ann: Life) -> RecoveryCode:
    return fold_history(ann.events)[ann.key].recovery_codes


def with_a_code() -> Life:
    ann = Life()
    ann.enrolled("dev_1")
    ann.issued("00000001")
    return ann


def test_who_never_had_a_code_has_none() -> None:
    ann = Life()
    ann.enrolled("dev_1", "email")

    assert (shown(ann).state, shown(ann).code_id) == ("none", None)


def test_an_issued_code_is_active() -> None:
    ann = with_a_code()

    assert (shown(ann).state, shown(ann).code_id, shown(ann).issued_at) == ("active", "rc_00000001", ann.events[1].time)


def test_after_a_redemption_the_replacement_is_active() -> None:
    ann = with_a_code()
    event = ann.redeemed("00000001", by="00000002")

    row = shown(ann)

    assert (row.state, row.code_id) == ("active", "rc_00000002")
    assert row.issued_at == row.last_redeemed_at == event.time


def test_wrong_codes_are_counted_until_a_redemption() -> None:
    again = START + timedelta(minutes=1)
    ann = with_a_code()
    ann.rejected(4, retry_at=again)
    counted = (shown(ann).failures, shown(ann).retry_at)
    ann.redeemed()

    assert (counted, shown(ann).failures, shown(ann).retry_at) == ((4, again), 0, None)


def test_a_voided_code_is_not_shown_as_alive() -> None:
    ann = with_a_code()
    ann.voided()

    assert (shown(ann).state, shown(ann).code_id, shown(ann).issued_at) == ("voided", None, None)


def test_a_reset_kills_the_code_and_forgets_the_wrong_ones() -> None:
    ann = with_a_code()
    ann.rejected(4)
    ann.reset(voided_code="rc_00000001")

    assert (shown(ann).state, shown(ann).code_id, shown(ann).failures) == ("voided", None, 0)


def test_a_reset_without_a_code_leaves_none() -> None:
    ann = Life()
    ann.enrolled("dev_1", "email")
    ann.reset("dev_1")

    assert shown(ann).state == "none"


def test_the_last_enrolments_end_kills_the_code() -> None:
    ann = with_a_code()
    ann.removed("dev_1", remaining=0)

    assert (shown(ann).state, shown(ann).code_id) == ("voided", None)


def test_a_lock_stays_when_the_code_is_voided_and_another_issued() -> None:
    ann = with_a_code()
    ann.locked()
    ann.voided()
    without = (shown(ann).state, shown(ann).code_id)
    ann.issued("00000002", issue_reason="regenerated")

    assert (without, shown(ann).state, shown(ann).code_id) == (("locked", None), "locked", "rc_00000002")


def test_a_reset_takes_the_lock_away() -> None:
    ann = with_a_code()
    ann.locked()
    ann.reset()

    assert shown(ann).state == "voided"


def test_nothing_that_recognises_a_code_is_shown() -> None:
    ann = with_a_code()

    assert b"BBBB" not in msgspec.json.encode(shown(ann))
