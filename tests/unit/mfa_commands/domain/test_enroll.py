"""Enroll: who was seen how freshly, what fits, and the first code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mfa_commands.domain.facts import Policy
from mfa_commands.domain.state import enrollments, kind_of, live_code
from mfa_contracts.events import AccountClassified, AuthenticatorEnrolled, CommandRefused, RecoveryCodeIssued
from mfa_contracts.vocabulary import AccountKind, Method, OutcomeCode
from support.asker import MINUTE
from unit.mfa_commands.domain.asking import (
    ANN,
    CONFIRMED,
    DIRECTORY,
    ENROLLED,
    NEWCOMER,
    SECOND,
    WITHOUT_CODE,
    classify,
    enroll,
    redeem,
)

UNSPOKEN = replace(ANN, kind=None, version=None)
CLASSIFIED = NEWCOMER.given(classify(), DIRECTORY)


def test_a_newcomer_enrolls_with_a_first_factor_is_classified_and_given_one_code() -> None:
    story = NEWCOMER.when(enroll(), ANN)
    story.then(OutcomeCode.OK, AccountClassified, AuthenticatorEnrolled, RecoveryCodeIssued)
    assert live_code(story.state) is not None


def test_a_token_that_says_nothing_cannot_enroll_an_unclassified_account() -> None:
    NEWCOMER.when(enroll(), UNSPOKEN).then(OutcomeCode.ACCOUNT_UNCLASSIFIED, CommandRefused)


def test_a_token_that_says_nothing_enrolls_an_account_that_is_known() -> None:
    CLASSIFIED.when(enroll(), UNSPOKEN).then(OutcomeCode.OK, AuthenticatorEnrolled, RecoveryCodeIssued)


def test_a_token_with_a_newer_directory_version_classifies_anew() -> None:
    story = CLASSIFIED.when(enroll(), replace(ANN, kind=AccountKind.TENANT_ADMIN, version=2))
    story.then(OutcomeCode.OK, AccountClassified, AuthenticatorEnrolled, RecoveryCodeIssued)
    assert kind_of(story.state) is AccountKind.TENANT_ADMIN


def test_a_token_with_a_known_directory_version_classifies_nothing() -> None:
    story = CLASSIFIED.when(enroll(), replace(ANN, kind=AccountKind.TENANT_ADMIN, version=1))
    assert kind_of(story.state) is AccountKind.END_USER


@pytest.mark.parametrize("age", [None, 10 * MINUTE + SECOND, -2 * MINUTE])
def test_enrolling_needs_a_fresh_first_factor(age: object) -> None:
    asker = replace(ANN, first=age)  # type: ignore[arg-type] # a table's cell
    NEWCOMER.when(enroll(), asker).then(OutcomeCode.FIRST_FACTOR_REQUIRED, CommandRefused)


def test_a_first_factor_of_ten_minutes_is_fresh() -> None:
    assert NEWCOMER.when(enroll(), replace(ANN, first=10 * MINUTE)).events


def test_our_own_backlog_does_not_age_the_first_factor() -> None:
    story = NEWCOMER.when(enroll(), ANN, waited=60 * MINUTE)
    story.then(OutcomeCode.OK, AccountClassified, AuthenticatorEnrolled, RecoveryCodeIssued)


def test_while_enrolled_a_first_factor_alone_enrolls_nothing() -> None:
    ENROLLED.when(enroll("dev_sms", "sms"), ANN).then(OutcomeCode.STEP_UP_REQUIRED, CommandRefused)


def test_a_second_factor_of_five_minutes_is_a_step_up() -> None:
    ENROLLED.when(enroll("dev_sms", "sms"), replace(ANN, second=5 * MINUTE)).then(OutcomeCode.OK, AuthenticatorEnrolled)


def test_an_older_second_factor_is_none() -> None:
    asker = replace(ANN, second=5 * MINUTE + SECOND)
    ENROLLED.when(enroll("dev_sms", "sms"), asker).then(OutcomeCode.STEP_UP_REQUIRED, CommandRefused)


def test_this_log_ins_redemption_stands_in_for_the_step_up_for_ten_minutes() -> None:
    story = ENROLLED.given(redeem(), ANN, code_matches=True).later(10 * MINUTE)
    story.when(enroll("dev_sms", "sms"), ANN).then(OutcomeCode.OK, AuthenticatorEnrolled)


def test_a_redemption_is_no_step_up_after_ten_minutes() -> None:
    story = ENROLLED.given(redeem(), ANN, code_matches=True).later(10 * MINUTE + SECOND)
    story.when(enroll("dev_sms", "sms"), ANN).then(OutcomeCode.STEP_UP_REQUIRED, CommandRefused)


@pytest.mark.parametrize("login", [None, "login-2"])
def test_another_log_ins_redemption_is_no_step_up(login: str | None) -> None:
    story = ENROLLED.given(redeem(), ANN, code_matches=True)
    story.when(enroll("dev_sms", "sms"), replace(ANN, login=login)).then(OutcomeCode.STEP_UP_REQUIRED, CommandRefused)


def test_an_enrollment_id_that_is_active_is_not_bound_again() -> None:
    ENROLLED.when(enroll(), CONFIRMED).then(OutcomeCode.ALREADY_ENROLLED, CommandRefused)


def test_a_link_to_an_unknown_enrollment_is_refused() -> None:
    story = ENROLLED.when(enroll("dev_2", linked_to="dev_none"), CONFIRMED)
    story.then(OutcomeCode.UNKNOWN_ENROLLMENT, CommandRefused)


def test_a_link_to_a_known_enrollment_is_kept() -> None:
    story = ENROLLED.when(enroll("dev_2", linked_to="dev_totp"), CONFIRMED)
    assert enrollments(story.state)[-1].linked_to == "dev_totp"


def test_an_account_has_a_greatest_number_of_enrollments() -> None:
    asker = replace(CONFIRMED, policy=Policy(enrollments_max=1))
    ENROLLED.when(enroll("dev_2"), asker).then(OutcomeCode.TOO_MANY_ENROLLMENTS, CommandRefused)


@pytest.mark.parametrize("method", list(Method))
def test_every_method_but_email_and_duo_grants_a_code(method: Method) -> None:
    story = NEWCOMER.given(enroll("dev_1", method), ANN)
    assert (live_code(story.state) is not None) == (method not in {Method.EMAIL, Method.DUO})


def test_the_first_code_comes_with_the_first_method_that_grants_one() -> None:
    WITHOUT_CODE.when(enroll(), CONFIRMED).then(OutcomeCode.OK, AuthenticatorEnrolled, RecoveryCodeIssued)


def test_a_second_method_that_grants_a_code_brings_no_second_code() -> None:
    story = ENROLLED.when(enroll("dev_2"), CONFIRMED)
    story.then(OutcomeCode.OK, AuthenticatorEnrolled)
    assert live_code(story.state) == live_code(ENROLLED.state)
