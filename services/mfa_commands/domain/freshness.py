"""How freshly the person was seen: the first factor, and the step-up that guards an enrolled account.

A claim's age is judged at the broker's append time, when the person asked: a backlog of ours says nothing about them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mfa_commands.domain.decision import Refusal
from mfa_contracts.vocabulary import OutcomeCode, Role

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import Redemption, UserMfa

FIRST_FACTOR_REQUIRED: Final = Refusal(OutcomeCode.FIRST_FACTOR_REQUIRED)
STEP_UP_REQUIRED: Final = Refusal(OutcomeCode.STEP_UP_REQUIRED)


def no_first_factor(facts: Facts) -> Refusal | None:
    """A refusal unless user name and password were given a short while ago."""
    seen = _fresh(facts.actor.first_factor_at, facts.policy.first_factor_max_age, facts)
    return None if seen else FIRST_FACTOR_REQUIRED


def no_step_up(state: UserMfa, facts: Facts) -> Refusal | None:
    """A refusal when an enrolled user's own command lacks a fresh second factor and this log-in redeemed no code.

    Whoever has no enrolment has no second factor to show, and nothing that it would guard.
    """
    if facts.actor.actor.role is not Role.USER or state.enrolled is None:
        return None
    if _fresh(facts.actor.second_factor_at, facts.policy.step_up_max_age, facts):
        return None
    return None if _redeemed_in_this_login(state.enrolled.redemption, facts) else STEP_UP_REQUIRED


def _fresh(seen_at: datetime | None, max_age: timedelta, facts: Facts) -> bool:
    if seen_at is None:
        return False
    # A time far ahead would stay fresh for ever; a little ahead is a clock that differs from the broker's.
    return -facts.policy.clock_skew <= facts.appended_at - seen_at <= max_age


def _redeemed_in_this_login(redemption: Redemption | None, facts: Facts) -> bool:
    if redemption is None or facts.actor.login != redemption.login:
        return False
    return facts.now - redemption.at <= facts.policy.redemption_grace
