"""RedeemRecoveryCode: used once, replaced in the same fact; wrong ones are counted, slowed down and locked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mfa_commands.domain.decider import may_try
from mfa_commands.domain.state import enrollments, live_code
from mfa_contracts.events import (
    AuthenticatorReplaced,
    CommandRefused,
    RecoveryCodeRedeemed,
    RecoveryCodeRejected,
    RecoveryLocked,
)
from mfa_contracts.vocabulary import Method, OutcomeCode
from support.asker import MINUTE
from unit.mfa_commands.domain.asking import (
    ANN,
    BOB,
    CONFIRMED,
    ENROLLED,
    LOCKED,
    NEWCOMER,
    SECOND,
    WITHOUT_CODE,
    enroll,
    redeem,
    remove,
    reset,
    restored,
    wrong,
)

if TYPE_CHECKING:
    from mfa_commands.domain.state import UserMfa
    from support.asker import Asker
    from support.story import Story

REDEEMED = ENROLLED.given(redeem(), ANN, code_matches=True)


def tries(story: Story, asker: Asker = ANN, **said: Any) -> bool:  # noqa: ANN401 - any field
    command = redeem(**said)
    return may_try(command, story.state, asker.facts(command, story.now))


def code_id(state: UserMfa) -> str:
    code = live_code(state)
    assert code is not None
    return code.code_id


def test_the_right_code_is_redeemed_and_replaced_in_one_fact() -> None:
    ENROLLED.when(redeem(), ANN, code_matches=True).then(OutcomeCode.OK, RecoveryCodeRedeemed)


def test_a_used_code_is_dead_at_once() -> None:
    assert code_id(REDEEMED.state) != code_id(ENROLLED.state)


def test_the_fact_names_the_dead_code_and_the_living_one() -> None:
    fact = REDEEMED.events[0].data
    assert isinstance(fact, RecoveryCodeRedeemed)
    assert (fact.code_id, fact.replacement.code_id) == (code_id(ENROLLED.state), code_id(REDEEMED.state))


def test_redeeming_leaves_the_enrollments() -> None:
    assert enrollments(REDEEMED.state) == enrollments(ENROLLED.state)


@pytest.mark.parametrize("matches", [False, None])
def test_a_wrong_code_and_one_not_compared_are_counted(matches: bool | None) -> None:  # noqa: FBT001 - a table's cell
    story = ENROLLED.when(redeem(), ANN, code_matches=matches)
    story.then(OutcomeCode.INVALID_RECOVERY_CODE, RecoveryCodeRejected)
    assert story.state.enrolled is not None
    assert story.state.enrolled.failures == 1


def test_a_wrong_code_leaves_the_right_one_alive() -> None:
    assert code_id(wrong(ENROLLED, 1).state) == code_id(ENROLLED.state)


def test_a_slip_of_the_finger_is_refused_and_not_counted() -> None:
    story = ENROLLED.when(redeem(), ANN, code_wellformed=False, code_matches=True)
    story.then(OutcomeCode.INVALID_RECOVERY_CODE, CommandRefused)
    assert story.state.enrolled == ENROLLED.state.enrolled


def test_the_first_three_wrong_codes_cost_no_time() -> None:
    assert tries(wrong(ENROLLED, 3))


def test_the_fourth_wrong_code_costs_a_second_and_the_wait_doubles() -> None:
    waits = []
    for count in range(4, 8):
        story = wrong(ENROLLED, count)
        assert story.state.enrolled is not None
        assert story.state.enrolled.retry_at is not None
        waits.append(story.state.enrolled.retry_at - story.now)
    assert waits == [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]


def test_a_try_before_its_time_is_refused_with_the_time_and_not_counted() -> None:
    slowed = wrong(ENROLLED, 4)
    story = slowed.when(redeem(), ANN, code_matches=True).then(OutcomeCode.TOO_MANY_ATTEMPTS, CommandRefused)
    assert (story.state.enrolled, getattr(story.outcome, "retry_at", None)) == (
        slowed.state.enrolled,
        slowed.now + SECOND,
    )


def test_a_try_at_its_time_is_made() -> None:
    assert tries(wrong(ENROLLED, 4).later(SECOND))


def test_the_tenth_wrong_code_locks_in_the_same_append() -> None:
    story = wrong(ENROLLED, 9).later(15 * MINUTE).when(redeem(), ANN, code_matches=False)
    story.then(OutcomeCode.INVALID_RECOVERY_CODE, RecoveryCodeRejected, RecoveryLocked)


def test_a_locked_account_takes_not_even_the_right_code_ever() -> None:
    story = LOCKED.later(timedelta(days=30)).when(redeem(), ANN, code_matches=True)
    story.then(OutcomeCode.TOO_MANY_ATTEMPTS, CommandRefused)


def test_the_right_code_clears_the_failures() -> None:
    story = wrong(ENROLLED, 3).given(redeem(), ANN, code_matches=True)
    assert story.state.enrolled is not None
    assert (story.state.enrolled.failures, story.state.enrolled.retry_at) == (0, None)


def test_a_reset_and_a_new_set_up_clear_the_lock() -> None:
    assert tries(LOCKED.given(reset(), BOB).given(enroll(), ANN))


def test_a_code_that_died_with_a_reset_is_not_even_tried() -> None:
    story = ENROLLED.given(reset(), BOB).when(redeem(), ANN, code_matches=True)
    story.then(OutcomeCode.NOT_ENROLLED, CommandRefused)


@pytest.mark.parametrize("story", [NEWCOMER, WITHOUT_CODE])
def test_without_a_code_there_is_nothing_to_redeem(story: Story) -> None:
    story.when(redeem(), ANN, code_matches=True).then(OutcomeCode.NOT_ENROLLED, CommandRefused)


@pytest.mark.parametrize("asker", [replace(ANN, first=None), replace(ANN, first=11 * MINUTE), replace(ANN, login=None)])
def test_the_code_comes_after_user_name_and_password_in_a_named_log_in(asker: Asker) -> None:
    story = ENROLLED.when(redeem(), asker, code_matches=True)
    story.then(OutcomeCode.FIRST_FACTOR_REQUIRED, CommandRefused)


def test_a_re_installed_app_keeps_its_enrollment_with_the_code() -> None:
    story = ENROLLED.when(redeem(restored_app=restored()), ANN, code_matches=True)
    story.then(OutcomeCode.OK, RecoveryCodeRedeemed, AuthenticatorReplaced)
    kept = enrollments(story.state)[0]
    assert (kept.enrollment_id, kept.app_instance) == ("dev_totp", "app-2")


def test_only_the_re_installed_app_is_replaced() -> None:
    story = ENROLLED.given(enroll("dev_2", app_instance="other"), CONFIRMED)
    after = story.given(redeem(restored_app=restored()), ANN, code_matches=True)
    assert enrollments(after.state)[1] == enrollments(story.state)[1]


def test_an_app_that_was_never_enrolled_is_refused_before_the_code_is_opened() -> None:
    story = ENROLLED.when(redeem(restored_app=restored("dev_none")), ANN, code_matches=True)
    story.then(OutcomeCode.UNKNOWN_ENROLLMENT, CommandRefused)


@pytest.mark.parametrize("method", Method)
def test_only_what_lives_in_an_app_comes_back_with_it(method: Method) -> None:
    story = ENROLLED.given(enroll("dev_2", method), CONFIRMED)
    after = story.when(redeem(restored_app=restored("dev_2")), ANN, code_matches=True)
    if method in {Method.PUSH, Method.TOTP}:
        after.then(OutcomeCode.OK, RecoveryCodeRedeemed, AuthenticatorReplaced)
    else:
        after.then(OutcomeCode.UNKNOWN_ENROLLMENT, CommandRefused)


def test_a_re_installed_app_without_the_right_code_keeps_nothing() -> None:
    story = ENROLLED.when(redeem(restored_app=restored()), ANN, code_matches=False)
    story.then(OutcomeCode.INVALID_RECOVERY_CODE, RecoveryCodeRejected)


@pytest.mark.parametrize(
    ("story", "asker"),
    [
        (NEWCOMER, ANN),
        (WITHOUT_CODE, ANN),
        (LOCKED, ANN),
        (wrong(ENROLLED, 4), ANN),
        (ENROLLED, BOB),
        (ENROLLED, replace(ANN, subject="eve")),
        (ENROLLED, replace(ANN, first=None)),
        (ENROLLED, replace(ANN, login=None)),
    ],
)
def test_the_code_is_opened_only_when_it_may_be_tried(story: Story, asker: Asker) -> None:
    assert not tries(story, asker)


@pytest.mark.parametrize("said", [{"restored_app": restored("dev_none")}, {"expected_version": 99}])
def test_the_code_is_not_opened_for_a_command_that_will_be_refused(said: dict[str, Any]) -> None:
    assert not tries(ENROLLED, **said)


def test_the_code_is_not_opened_for_a_repeat() -> None:
    command = redeem()
    story = ENROLLED.given(command, ANN, code_matches=True)
    assert not may_try(command, story.state, ANN.facts(command, story.now))


def test_no_other_command_opens_a_code() -> None:
    command = remove()
    assert not may_try(command, ENROLLED.state, CONFIRMED.facts(command, ENROLLED.now))
