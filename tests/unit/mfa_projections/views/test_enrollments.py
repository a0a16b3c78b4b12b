"""What the enrolments view shows after a user's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mfa_projections.views import Enrollment, evolve, fold_history
from support.facts import Life

if TYPE_CHECKING:
    from collections.abc import Sequence


def shown(ann: Life) -> Sequence[Enrollment]:
    return fold_history(ann.events)[ann.key].enrollments.enrollments


def test_an_enrolment_is_shown_with_all_that_was_said_of_it() -> None:
    ann = Life()
    ann.enrolled("dev_1")
    event = ann.enrolled(
        "dev_2",
        "sms",
        linked_to="dev_1",
        app_instance="app-1",
        personal={"device_label": "Ann's phone", "address_hint": "+41 …42", "name": "Ann"},
    )

    assert shown(ann)[1] == Enrollment(
        id="dev_2",
        method="sms",
        enrolled_at=event.time,
        linked_to="dev_1",
        app_instance="app-1",
        device_label="Ann's phone",
        address_hint="+41 …42",
    )


def test_a_kept_enrolment_has_another_installation_and_the_same_beginning() -> None:
    ann = Life()
    began = ann.enrolled(app_instance="app-1")
    kept = ann.kept(app="app-2")

    (one,) = shown(ann)

    assert (one.app_instance, one.enrolled_at, one.replaced_at) == ("app-2", began.time, kept.time)


def test_only_the_named_enrolments_go() -> None:
    ann = Life()
    for name in ("dev_1", "dev_2", "dev_3"):
        ann.enrolled(name)
    ann.removed("dev_1", "dev_3", remaining=1)

    assert [one.id for one in shown(ann)] == ["dev_2"]


def test_a_reset_leaves_an_empty_row() -> None:
    ann = Life()
    ann.enrolled("dev_1")
    ann.reset("dev_1")

    assert shown(ann) == ()


def test_an_event_that_concerns_no_enrolment_leaves_the_very_row() -> None:
    ann = Life()
    before = evolve(None, ann.enrolled())

    assert evolve(before, ann.refused()).enrollments is before.enrollments


def test_what_is_not_known_is_left_out_of_the_json() -> None:
    ann = Life()
    ann.enrolled("dev_1", "totp")

    assert set(msgspec.json.decode(msgspec.json.encode(shown(ann)[0]))) == {"id", "method", "enrolled_at"}
