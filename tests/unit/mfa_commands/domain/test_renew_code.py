"""RegenerateRecoveryCode and VoidRecoveryCode: the code without its use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_commands.domain.state import live_code
from mfa_contracts.events import CommandRefused, NothingChanged, RecoveryCodeIssued, RecoveryCodeVoided
from mfa_contracts.vocabulary import OutcomeCode, VoidReason
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
    redeem,
    regenerate,
    void,
    wrong,
)

if TYPE_CHECKING:
    from support.story import Story


def test_regenerating_needs_a_step_up() -> None:
    ENROLLED.when(regenerate(), ANN).then(OutcomeCode.STEP_UP_REQUIRED, CommandRefused)


def test_a_new_code_replaces_the_old_one() -> None:
    story = ENROLLED.when(regenerate(), CONFIRMED).then(OutcomeCode.OK, RecoveryCodeIssued)
    fact, old, new = story.events[0].data, live_code(ENROLLED.state), live_code(story.state)
    assert isinstance(fact, RecoveryCodeIssued)
    assert old is not None
    assert new is not None
    assert (fact.replaces, fact.issued.code_id) == (old.code_id, new.code_id)


def test_when_the_answer_was_lost_the_same_log_in_regenerates_for_ten_minutes() -> None:
    story = ENROLLED.given(redeem(), ANN, code_matches=True).later(10 * MINUTE)
    story.when(regenerate(), ANN).then(OutcomeCode.OK, RecoveryCodeIssued)


def test_the_same_log_in_regenerates_no_longer() -> None:
    story = ENROLLED.given(redeem(), ANN, code_matches=True).later(10 * MINUTE + SECOND)
    story.when(regenerate(), ANN).then(OutcomeCode.STEP_UP_REQUIRED, CommandRefused)


@pytest.mark.parametrize("story", [NEWCOMER, WITHOUT_CODE])
def test_without_an_enrollment_that_grants_a_code_there_is_none(story: Story) -> None:
    story.when(regenerate(), CONFIRMED).then(OutcomeCode.NOT_ENROLLED, CommandRefused)


def test_a_code_that_was_voided_can_be_issued_anew() -> None:
    story = ENROLLED.given(void(), CONFIRMED).when(regenerate(), CONFIRMED).then(OutcomeCode.OK, RecoveryCodeIssued)
    fact = story.events[0].data
    assert isinstance(fact, RecoveryCodeIssued)
    assert fact.replaces is None


def test_a_new_code_takes_no_lock_away() -> None:
    LOCKED.given(regenerate(), CONFIRMED).when(redeem(), ANN, code_matches=True).then(
        OutcomeCode.TOO_MANY_ATTEMPTS, CommandRefused
    )


def test_a_new_code_forgets_no_wrong_one() -> None:
    story = wrong(ENROLLED, 4).given(regenerate(), CONFIRMED)
    assert story.state.enrolled is not None
    assert story.state.enrolled.failures == 4


def test_voiding_needs_a_step_up() -> None:
    ENROLLED.when(void(), ANN).then(OutcomeCode.STEP_UP_REQUIRED, CommandRefused)


def test_a_voided_code_is_dead() -> None:
    story = ENROLLED.when(void(), CONFIRMED).then(OutcomeCode.OK, RecoveryCodeVoided)
    fact = story.events[0].data
    assert isinstance(fact, RecoveryCodeVoided)
    assert (fact.void_reason, live_code(story.state)) == (VoidReason.REQUESTED, None)


def test_a_voided_code_is_not_even_tried() -> None:
    story = ENROLLED.given(void(), CONFIRMED).when(redeem(), ANN, code_matches=True)
    story.then(OutcomeCode.NOT_ENROLLED, CommandRefused)


@pytest.mark.parametrize("story", [NEWCOMER, WITHOUT_CODE])
def test_voiding_no_code_is_accepted_and_changes_nothing(story: Story) -> None:
    story.when(void(), CONFIRMED).then(OutcomeCode.NOTHING_CHANGED, NothingChanged)


@pytest.mark.parametrize("command", [void(ticket=None), regenerate(ticket=None), regenerate(reason=None)])
def test_an_admin_needs_a_reason_and_a_ticket(command: object) -> None:
    ENROLLED.when(command, BOB).then(OutcomeCode.TICKET_REQUIRED, CommandRefused)  # type: ignore[arg-type] # a cell
