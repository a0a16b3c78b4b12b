"""The story on the real decider, without servers; and what becomes of it when a step does not hold."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from mfa_cli.demo import story
from mfa_cli.demo.errors import StepFailedError
from mfa_cli.demo.people import ANN, PHONE
from mfa_cli.demo.steps import MUST_ENROLL, PROTECTED_BY_MFA, Expected, Standing, mismatches
from mfa_cli.demo.teller import Teller
from mfa_contracts.recovery_code import normalised
from mfa_contracts.vocabulary import Method, OutcomeCode
from unit.mfa_cli.demo.decider_desk import DeciderDesk

if TYPE_CHECKING:
    from mfa_contracts.ids import UserId


def teller(desk: DeciderDesk | None = None) -> tuple[Teller, io.StringIO]:
    printed = io.StringIO()
    return Teller(desk or DeciderDesk(), Console(file=printed, width=120, highlight=False)), printed


async def test_every_step_of_the_story_holds() -> None:
    tells, printed = teller()

    await story.tell(tells)

    assert (tells.held, "✗" in printed.getvalue()) == (printed.getvalue().count("✓"), False)
    assert tells.held >= 20


async def test_both_enrolments_and_the_code_go_in_one_event() -> None:
    desk = DeciderDesk()
    tells, printed = teller(desk)

    await story.ann_loses_her_phone(tells, await story.ann_sets_up_mfa(tells))
    await story.the_admin_resets_her_mfa(tells, "0" * 24)

    assert "ann #9 MfaReset (push-notification, totp, recovery code)\n" in printed.getvalue()


async def test_one_recovery_code_is_shown_whole_and_no_other() -> None:
    tells, printed = teller()

    await story.tell(tells)

    words = printed.getvalue().split()
    assert sum(normalised(word) is not None for word in words) == 1


class ForgetfulDesk(DeciderDesk):
    """Whose tables say that everybody must enrol."""

    async def standing(self, user: UserId, at_least: int) -> Standing:
        return replace(await super().standing(user, at_least), must_enroll=True)


async def test_a_step_that_does_not_hold_ends_the_story_and_says_what_was_expected() -> None:
    tells, printed = teller(ForgetfulDesk())

    with pytest.raises(StepFailedError, match="Ann logs in with her password"):
        await story.tell(tells)

    assert tells.held == 0
    told = "✗ standing: expected enrolled, recovery code active, got must enrol, recovery code active"
    assert told in printed.getvalue()


async def test_outcome_events_and_standing_are_all_compared() -> None:
    answer = await DeciderDesk().enroll(ANN, PHONE, Method.PUSH)
    expected = Expected("MfaReset", code=OutcomeCode.FORBIDDEN, then=MUST_ENROLL)

    assert [each.what for each in mismatches(expected, answer, PROTECTED_BY_MFA)] == ["outcome", "events", "standing"]
