"""RemoveEnrollment: one by one, with those on the same device; the end is that of a reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from mfa_commands.domain.state import enrollments, live_code
from mfa_contracts.events import AuthenticatorRemoved, CommandRefused, NothingChanged, RecoveryCodeVoided
from mfa_contracts.vocabulary import OutcomeCode, VoidReason
from unit.mfa_commands.domain.asking import (
    ANN,
    BOB,
    CONFIRMED,
    ENROLLED,
    NEWCOMER,
    WITHOUT_CODE,
    enroll,
    redeem,
    remove,
    reset,
    wrong,
)

if TYPE_CHECKING:
    from mfa_commands.domain.state import UserMfa
    from support.story import Story

MAIL_TOO = ENROLLED.given(enroll("dev_mail", "email"), CONFIRMED)
CHAIN = ENROLLED.given(enroll("dev_b", linked_to="dev_totp"), CONFIRMED).given(
    enroll("dev_c", linked_to="dev_b"), CONFIRMED
)


def test_a_users_own_removal_needs_a_step_up() -> None:
    ENROLLED.when(remove(), ANN).then(OutcomeCode.STEP_UP_REQUIRED, CommandRefused)


def test_this_log_ins_redemption_stands_in_for_the_step_up() -> None:
    story = MAIL_TOO.given(redeem(), ANN, code_matches=True).when(remove("dev_mail"), ANN)
    story.then(OutcomeCode.OK, AuthenticatorRemoved)


def test_an_admin_needs_no_step_up() -> None:
    MAIL_TOO.when(remove("dev_mail"), BOB).then(OutcomeCode.OK, AuthenticatorRemoved)


def test_an_enrollment_that_is_not_the_last_goes_alone() -> None:
    story = MAIL_TOO.when(remove("dev_mail"), CONFIRMED).then(OutcomeCode.OK, AuthenticatorRemoved)
    assert [one.enrollment_id for one in enrollments(story.state)] == ["dev_totp"]


def test_the_code_lives_while_an_enrollment_that_grants_one_is_left() -> None:
    assert live_code(MAIL_TOO.given(remove("dev_mail"), CONFIRMED).state) == live_code(MAIL_TOO.state)


def test_the_code_dies_with_the_last_enrollment_that_grants_one() -> None:
    story = MAIL_TOO.when(remove(), CONFIRMED).then(OutcomeCode.OK, AuthenticatorRemoved, RecoveryCodeVoided)
    fact = story.events[1].data
    assert isinstance(fact, RecoveryCodeVoided)
    assert (fact.void_reason, live_code(story.state)) == (VoidReason.LAST_ENROLLMENT_REMOVED, None)


def test_no_code_no_void() -> None:
    WITHOUT_CODE.when(remove("dev_mail"), CONFIRMED).then(OutcomeCode.OK, AuthenticatorRemoved)


def test_sessions_end_only_with_the_last_enrollment() -> None:
    assert MAIL_TOO.given(remove("dev_mail"), CONFIRMED).state.sessions_invalid_before is None
    assert ENROLLED.given(remove(), CONFIRMED).state.sessions_invalid_before == ENROLLED.now


@pytest.mark.parametrize("wanted", ["dev_totp", "dev_b", "dev_c"])
def test_linked_enrollments_go_together_in_either_direction(wanted: str) -> None:
    assert CHAIN.given(remove(wanted), CONFIRMED).state.enrolled is None


def test_enrollments_linked_to_one_that_is_gone_stay_by_themselves() -> None:
    story = MAIL_TOO.given(enroll("dev_c", linked_to="dev_mail"), CONFIRMED).given(remove("dev_totp"), CONFIRMED)
    assert [one.enrollment_id for one in enrollments(story.state)] == ["dev_mail", "dev_c"]


@pytest.mark.parametrize("story", [NEWCOMER, ENROLLED])
def test_removing_what_is_gone_is_accepted_and_changes_nothing(story: Story) -> None:
    story.when(remove("dev_none"), CONFIRMED).then(OutcomeCode.NOTHING_CHANGED, NothingChanged)


@pytest.mark.parametrize("failures", [0, 4, 10])
@pytest.mark.parametrize("first", ["dev_totp", "dev_mail"])
def test_removing_one_by_one_ends_like_a_reset(first: str, failures: int) -> None:
    begun = wrong(MAIL_TOO, failures)
    last = "dev_mail" if first == "dev_totp" else "dev_totp"
    one_by_one = begun.given(remove(first), BOB).given(remove(last), BOB).state
    at_once = begun.given(reset(), BOB).state
    assert _but_the_count(one_by_one) == _but_the_count(at_once)


def _but_the_count(state: UserMfa) -> UserMfa:
    return replace(state, sequence=0, mfa_version=0, window=())


def test_an_admins_removal_needs_a_ticket() -> None:
    ENROLLED.when(remove(ticket=None), BOB).then(OutcomeCode.TICKET_REQUIRED, CommandRefused)


def test_an_admins_removal_needs_a_reason() -> None:
    ENROLLED.when(remove(reason=None), BOB).then(OutcomeCode.TICKET_REQUIRED, CommandRefused)


def test_the_users_own_removal_needs_neither() -> None:
    story = MAIL_TOO.when(remove("dev_mail", reason=None, ticket=None), CONFIRMED)
    story.then(OutcomeCode.OK, AuthenticatorRemoved)
