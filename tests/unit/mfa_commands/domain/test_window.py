"""The window of known commands: a repeat gets the same answer, and no command is decided twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mfa_commands.domain.facts import WINDOW_KEPT, Policy
from mfa_commands.domain.outcome import outcome_of
from mfa_contracts.events import CommandRefused, MfaReset
from mfa_contracts.vocabulary import OutcomeCode
from unit.mfa_commands.domain.asking import (
    ANN,
    BOB,
    CONFIRMED,
    DEMOTED,
    DIRECTORY,
    ENROLLED,
    HOUR,
    NEWCOMER,
    SECOND,
    WITHOUT_CODE,
    classify,
    enroll,
    redeem,
    regenerate,
    remove,
    reset,
    void,
    wrong,
)

if TYPE_CHECKING:
    from mfa_contracts.commands import Command
    from support.asker import Asker
    from support.story import Story

SAME: tuple[tuple[Story, Command, Asker], ...] = (
    (ENROLLED, reset(), BOB),
    (ENROLLED, remove(), CONFIRMED),
    (ENROLLED, void(), CONFIRMED),
    (WITHOUT_CODE, void(), CONFIRMED),
    (NEWCOMER, classify(), DIRECTORY),
    (ENROLLED, reset(), ANN),
    (ENROLLED, enroll("dev_2"), CONFIRMED),
    (DEMOTED, reset(), BOB),
    (ENROLLED, redeem(), ANN),
    (wrong(ENROLLED, 4), redeem(), ANN),
    (wrong(ENROLLED, 9).later(HOUR), redeem(), ANN),
)


@pytest.mark.parametrize(("story", "command", "asker"), SAME)
def test_the_same_bytes_again_get_the_same_outcome_and_leave_no_fact(
    story: Story, command: Command, asker: Asker
) -> None:
    first = story.when(command, asker)
    again = first.later(HOUR).when(command, asker)
    assert (again.outcome, again.events, again.state) == (first.outcome, (), first.state)


@pytest.mark.parametrize("command", [redeem(), regenerate(), enroll("dev_9")])
def test_a_repeat_is_told_that_the_code_was_sent_and_nothing_else_changes(command: Command) -> None:
    begun = NEWCOMER if command.data.__class__.__name__ == "Enroll" else ENROLLED
    first = begun.given(command, CONFIRMED, code_matches=True)
    again = first.later(SECOND).when(command, CONFIRMED, code_matches=True).then(OutcomeCode.CODE_ALREADY_SENT)
    assert first.outcome is not None
    assert again.outcome is not None
    assert again.outcome.event_ids == first.outcome.event_ids


def test_a_repeat_tells_how_it_stood_after_the_first_one() -> None:
    command = void()
    first = ENROLLED.given(command, CONFIRMED)
    again = first.given(regenerate(), CONFIRMED).when(command, CONFIRMED)
    assert again.outcome == first.outcome


def test_a_repeat_carries_no_new_code() -> None:
    command = regenerate()
    story = ENROLLED.given(command, CONFIRMED).when(command, CONFIRMED)
    assert story.decision is not None
    assert not outcome_of(command, story.state, story.decision).carries_new_code


def test_other_bytes_under_a_known_id_are_refused_without_a_fact() -> None:
    command = reset()
    story = ENROLLED.given(command, BOB).when(command, BOB, digest="0" * 64)
    story.then(OutcomeCode.COMMAND_ID_REUSED)


def test_another_command_under_a_known_id_is_refused_without_a_fact() -> None:
    command = void()
    ENROLLED.given(command, BOB).when(reset(id=command.id), BOB).then(OutcomeCode.COMMAND_ID_REUSED)


def test_a_full_window_takes_no_more_and_leaves_no_fact() -> None:
    asker = replace(BOB, policy=Policy(window_max=3))
    story = ENROLLED.when(reset(), asker).when(reset(), asker)
    story.when(reset(), asker).then(OutcomeCode.TOO_MANY_REQUESTS)


def test_a_full_window_still_knows_its_commands() -> None:
    command, asker = reset(), replace(BOB, policy=Policy(window_max=2))
    ENROLLED.given(command, asker).when(command, asker).then(OutcomeCode.OK)


def test_a_window_full_of_old_commands_takes_new_ones() -> None:
    asker = replace(BOB, policy=Policy(window_max=1))
    ENROLLED.later(WINDOW_KEPT).when(reset(), asker).then(OutcomeCode.OK, MfaReset)


def test_128_commands_a_day_are_the_most() -> None:
    story = NEWCOMER.given(classify(), DIRECTORY)
    for _ in range(127):
        story = story.given(reset(), BOB)
    story.when(reset(), BOB).then(OutcomeCode.TOO_MANY_REQUESTS)


def test_a_command_of_24_hours_is_decided() -> None:
    ENROLLED.when(reset(), BOB, waited=timedelta(hours=24)).then(OutcomeCode.OK, MfaReset)


def test_an_older_command_is_expired_and_leaves_no_fact() -> None:
    ENROLLED.when(reset(), BOB, waited=timedelta(hours=24, seconds=1)).then(OutcomeCode.EXPIRED)


def test_a_command_is_known_for_25_hours() -> None:
    command = reset()
    story = ENROLLED.given(command, BOB).later(timedelta(hours=25)).given(enroll(), ANN)
    story.when(command, BOB).then(OutcomeCode.OK)


def test_what_is_older_than_25_hours_is_forgotten() -> None:
    story = ENROLLED.given(reset(), BOB).later(timedelta(hours=25, seconds=1)).given(enroll(), ANN)
    assert len(story.state.window) == 1


def test_a_refused_command_is_remembered_too() -> None:
    command = reset(ticket=None)
    first = ENROLLED.when(command, BOB).then(OutcomeCode.TICKET_REQUIRED, CommandRefused)
    first.when(command, BOB).then(OutcomeCode.TICKET_REQUIRED)
