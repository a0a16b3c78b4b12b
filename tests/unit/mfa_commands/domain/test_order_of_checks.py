"""The order of checks: with two reasons to refuse, the earlier check speaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mfa_commands.domain.facts import Policy
from mfa_contracts.events import CommandRefused
from mfa_contracts.vocabulary import OutcomeCode, Role
from unit.mfa_commands.domain.asking import (
    ANN,
    BOB,
    CONFIRMED,
    ENROLLED,
    LOCKED,
    NEWCOMER,
    SECOND,
    classify,
    enroll,
    of_kind,
    redeem,
    regenerate,
    remove,
    reset,
    restored,
)

if TYPE_CHECKING:
    from mfa_contracts.commands import Command
    from support.asker import Asker
    from support.story import Story

EVE = replace(ANN, subject="eve")
STALE = replace(ANN, first=None)
NARROW = replace(CONFIRMED, policy=Policy(enrollments_max=1))
WITHOUT_TICKET = reset(ticket=None, expected_version=99)
DAY = timedelta(days=1)

CASES: tuple[tuple[str, Story, Command, Asker, OutcomeCode], ...] = (
    ("who may before expected_version", ENROLLED, reset(expected_version=99), EVE, OutcomeCode.FORBIDDEN),
    ("role before account", NEWCOMER, enroll(), BOB, OutcomeCode.FORBIDDEN),
    ("self before account", NEWCOMER, reset(subject="bob"), BOB, OutcomeCode.SELF_RESET_FORBIDDEN),
    ("account before ticket", NEWCOMER, reset(ticket=None), BOB, OutcomeCode.ACCOUNT_UNCLASSIFIED),
    ("ticket before expected_version", ENROLLED, WITHOUT_TICKET, BOB, OutcomeCode.TICKET_REQUIRED),
    ("expected_version before first factor", ENROLLED, redeem(expected_version=99), STALE, OutcomeCode.STATE_CHANGED),
    ("expected_version before step-up", ENROLLED, regenerate(expected_version=99), ANN, OutcomeCode.STATE_CHANGED),
    ("kind before first factor", NEWCOMER, enroll(), replace(STALE, kind=None), OutcomeCode.ACCOUNT_UNCLASSIFIED),
    ("first factor before step-up", ENROLLED, enroll("dev_2"), STALE, OutcomeCode.FIRST_FACTOR_REQUIRED),
    ("step-up before what fits", ENROLLED, enroll(), ANN, OutcomeCode.STEP_UP_REQUIRED),
    ("known id before full", ENROLLED, enroll(), NARROW, OutcomeCode.ALREADY_ENROLLED),
    ("link before full", ENROLLED, enroll("dev_2", linked_to="dev_0"), NARROW, OutcomeCode.UNKNOWN_ENROLLMENT),
    ("first factor before what there is", NEWCOMER, redeem(), STALE, OutcomeCode.FIRST_FACTOR_REQUIRED),
    ("first factor before the lock", LOCKED, redeem(), STALE, OutcomeCode.FIRST_FACTOR_REQUIRED),
    ("lock before the app", LOCKED, redeem(restored_app=restored("dev_0")), ANN, OutcomeCode.TOO_MANY_ATTEMPTS),
    ("step-up before nothing changed", ENROLLED, remove("dev_0"), ANN, OutcomeCode.STEP_UP_REQUIRED),
)


@pytest.mark.parametrize(("story", "command", "asker", "code"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_the_earlier_check_speaks(story: Story, command: Command, asker: Asker, code: OutcomeCode) -> None:
    story.when(command, asker).then(code, CommandRefused)


def test_the_lock_speaks_before_the_codes_form() -> None:
    LOCKED.when(redeem(), ANN, code_wellformed=False).then(OutcomeCode.TOO_MANY_ATTEMPTS, CommandRefused)


def test_a_known_command_gets_its_answer_however_old_it_is() -> None:
    command = enroll("dev_2")
    story = ENROLLED.given(command, CONFIRMED).later(SECOND)
    story.when(command, CONFIRMED, waited=2 * DAY).then(OutcomeCode.OK)


def test_a_full_window_speaks_before_the_age() -> None:
    asker = replace(BOB, policy=Policy(window_max=1))
    ENROLLED.when(reset(), asker, waited=2 * DAY).then(OutcomeCode.TOO_MANY_REQUESTS)


def test_the_age_speaks_before_who_may() -> None:
    ENROLLED.when(reset(), EVE, waited=2 * DAY).then(OutcomeCode.EXPIRED)


@pytest.mark.parametrize("version", [None, of_kind(ANN.kind).state.mfa_version])  # type: ignore[arg-type] # an end user
def test_the_version_that_was_looked_at_is_let_through(version: int | None) -> None:
    assert ENROLLED.when(reset(expected_version=version), BOB).state.enrolled is None


def test_a_wrong_code_does_not_move_the_version_that_was_looked_at() -> None:
    seen = ENROLLED.state.mfa_version
    story = ENROLLED.when(redeem(), ANN, code_matches=False).when(reset(expected_version=seen), BOB)
    assert story.state.enrolled is None


def test_a_classification_may_expect_a_version_too() -> None:
    directory = replace(BOB, role=Role.SERVICE)
    story = ENROLLED.when(classify(version=9, expected_version=99), directory)
    story.then(OutcomeCode.STATE_CHANGED, CommandRefused)
