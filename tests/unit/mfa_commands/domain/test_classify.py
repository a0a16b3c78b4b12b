"""ClassifyAccount: the directory's newest word wins, and a demoted account stays protected for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mfa_commands.domain.state import kind_of, protected
from mfa_contracts.events import AccountClassified, CommandRefused, MfaReset
from mfa_contracts.vocabulary import AccountKind, OutcomeCode
from unit.mfa_commands.domain.asking import (
    BOB,
    DEMOTED,
    DIRECTORY,
    NEWCOMER,
    SECOND,
    classify,
    of_kind,
    reset,
)

ADMIN = of_kind(AccountKind.TENANT_ADMIN)
THREE_DAYS = timedelta(hours=72)


def test_the_directory_says_what_an_account_is() -> None:
    story = NEWCOMER.when(classify(AccountKind.SUPPORT), DIRECTORY).then(OutcomeCode.OK, AccountClassified)
    assert kind_of(story.state) is AccountKind.SUPPORT


@pytest.mark.parametrize("version", [1, 0])
def test_an_older_or_known_word_of_the_directory_is_ignored_without_a_fact(version: int) -> None:
    story = ADMIN.when(classify(version=version), DIRECTORY).then(OutcomeCode.NOTHING_CHANGED)
    assert story.state == ADMIN.state


def test_the_fact_keeps_what_the_account_was() -> None:
    fact = ADMIN.given(classify(version=2), DIRECTORY).events[0].data
    assert isinstance(fact, AccountClassified)
    assert fact.previous is AccountKind.TENANT_ADMIN


def test_another_kind_raises_the_version() -> None:
    assert DEMOTED.state.mfa_version == ADMIN.state.mfa_version + 1


def test_the_same_kind_in_a_newer_version_raises_nothing() -> None:
    story = ADMIN.given(classify(AccountKind.TENANT_ADMIN, 2), DIRECTORY)
    assert story.state.mfa_version == ADMIN.state.mfa_version


def test_a_demoted_account_stays_protected_for_72_hours() -> None:
    story = DEMOTED.later(THREE_DAYS - SECOND).when(reset(), BOB)
    story.then(OutcomeCode.ADMIN_TARGET_FORBIDDEN, CommandRefused)


def test_after_72_hours_a_demoted_account_is_an_end_users() -> None:
    DEMOTED.later(THREE_DAYS).when(reset(), BOB).then(OutcomeCode.OK, MfaReset)


def test_saying_end_user_again_neither_shortens_nor_lengthens_the_protection() -> None:
    story = DEMOTED.later(timedelta(hours=1)).given(classify(version=3), DIRECTORY)
    assert story.state.classified is not None
    assert story.state.classified.protected_until == DEMOTED.now + THREE_DAYS


def test_promotion_protects_at_once() -> None:
    story = of_kind(AccountKind.END_USER).given(classify(AccountKind.SUPPORT, 2), DIRECTORY)
    assert protected(story.state, story.now)


def test_a_first_classification_as_end_user_protects_nothing() -> None:
    story = NEWCOMER.given(classify(), DIRECTORY)
    assert not protected(story.state, story.now)


def test_an_account_that_nobody_classified_is_protected() -> None:
    assert protected(NEWCOMER.state, NEWCOMER.now)


def test_a_directory_of_another_tenant_says_nothing_here() -> None:
    NEWCOMER.when(classify(tenantid="globex"), DIRECTORY).then(OutcomeCode.FORBIDDEN, CommandRefused)
