"""ResetMfa: everything at once, and the user sets up MFA like a new one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mfa_commands.domain.state import live_code
from mfa_contracts.events import AuthenticatorEnrolled, CommandRefused, MfaReset, NothingChanged, RecoveryCodeIssued
from mfa_contracts.vocabulary import OutcomeCode
from unit.mfa_commands.domain.asking import (
    ANN,
    BOB,
    CONFIRMED,
    DIRECTORY,
    ENROLLED,
    NEWCOMER,
    SUE,
    WITHOUT_CODE,
    classify,
    enroll,
    reset,
)

if TYPE_CHECKING:
    from support.asker import Asker

RESET = ENROLLED.given(enroll("dev_mail", "email"), CONFIRMED).later(timedelta(hours=1)).given(reset(), BOB)


def fact() -> MfaReset:
    news = RESET.events[0].data
    assert isinstance(news, MfaReset)
    return news


def test_all_enrollments_and_the_code_go_in_one_fact() -> None:
    ENROLLED.when(reset(), BOB).then(OutcomeCode.OK, MfaReset)


def test_the_fact_names_all_that_went() -> None:
    code = live_code(ENROLLED.state)
    assert code is not None
    assert ([one.enrollment_id for one in fact().removed], fact().voided_code) == (
        ["dev_totp", "dev_mail"],
        code.code_id,
    )


def test_the_fact_names_reason_and_ticket() -> None:
    assert (fact().reason, fact().ticket) == ("lost_device", "T-1")


def test_sessions_from_before_end() -> None:
    assert (fact().sessions_invalid_before, RESET.state.sessions_invalid_before) == (RESET.now, RESET.now)


def test_nothing_is_enrolled_after_a_reset() -> None:
    assert RESET.state.enrolled is None


def test_after_a_reset_a_first_factor_sets_up_mfa_like_a_new_user() -> None:
    RESET.when(enroll(), ANN).then(OutcomeCode.OK, AuthenticatorEnrolled, RecoveryCodeIssued)


def test_a_reset_without_a_code_voids_none() -> None:
    news = WITHOUT_CODE.given(reset(), BOB).events[0].data
    assert isinstance(news, MfaReset)
    assert news.voided_code is None


def test_resetting_nothing_is_accepted_and_changes_nothing() -> None:
    NEWCOMER.given(classify(), DIRECTORY).when(reset(), BOB).then(OutcomeCode.NOTHING_CHANGED, NothingChanged)


def test_support_resets_an_end_user_of_any_tenant() -> None:
    ENROLLED.when(reset(), SUE).then(OutcomeCode.OK, MfaReset)


@pytest.mark.parametrize("asker", [BOB, SUE])
def test_a_reset_needs_a_ticket(asker: Asker) -> None:
    ENROLLED.when(reset(ticket=None), asker).then(OutcomeCode.TICKET_REQUIRED, CommandRefused)
