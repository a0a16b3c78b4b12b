"""The decider: one ``decide`` for every command, so that no check can be missed on one of the paths.

The order of checks, told in one place:

0. the window of known commands (``window``): leaves no event
1. who may (``permission``)
2. ``expected_version``
3. the command's own rules (``enrolling``, ``redeeming``, ``removing``, ``renewing``, ``classifying``)

From 1 on a refusal is a fact: ``CommandRefused``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from mfa_commands.domain.classifying import classify
from mfa_commands.domain.decision import Decided, Refusal
from mfa_commands.domain.enrolling import enroll
from mfa_commands.domain.permission import may_not
from mfa_commands.domain.redeeming import Try, redeem, tried
from mfa_commands.domain.removing import remove, reset
from mfa_commands.domain.renewing import regenerate, void
from mfa_commands.domain.telling import keeping, told
from mfa_commands.domain.window import undecided, unrecorded
from mfa_contracts import commands as c
from mfa_contracts.events import CommandRefused
from mfa_contracts.vocabulary import OutcomeCode

if TYPE_CHECKING:
    from mfa_commands.domain.decision import Decision
    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.events import News

_STATE_CHANGED: Final = Refusal(OutcomeCode.STATE_CHANGED)


def decide(command: c.Command, state: UserMfa, facts: Facts) -> Decision:
    """The facts that ``command`` leaves in ``state``, or an answer that leaves none. Pure."""
    if (answered := undecided(command, state, facts)) is not None:
        return answered
    finding = _no_entry(command, state, facts) or _carried_out(command, state, facts)
    news = _refused(finding, command, state, facts) if isinstance(finding, Refusal) else finding
    if not news:
        return unrecorded(OutcomeCode.NOTHING_CHANGED, state)
    return Decided(told(command, state, facts, news))


def may_try(command: c.Command, state: UserMfa, facts: Facts) -> bool:
    """Whether the sealed code is to be opened and compared: asked first, so that no path can test a code unseen."""
    if not isinstance(command, c.RedeemRecoveryCodeCommand) or undecided(command, state, facts) is not None:
        return False
    return _no_entry(command, state, facts) is None and isinstance(tried(command, state, facts), Try)


def _no_entry(command: c.Command, state: UserMfa, facts: Facts) -> Refusal | None:
    return may_not(command, state, facts) or _moved_on(command, state)


def _moved_on(command: c.Command, state: UserMfa) -> Refusal | None:
    expected = command.data.expected_version
    return None if expected is None or expected == state.mfa_version else _STATE_CHANGED


def _carried_out(  # noqa: PLR0911 - one case a command, flat
    command: c.Command, state: UserMfa, facts: Facts
) -> Refusal | tuple[News, ...]:
    match command:
        case c.RedeemRecoveryCodeCommand():
            return redeem(command, state, facts)
        case c.EnrollCommand():
            return enroll(command, state, facts)
        case c.ResetMfaCommand():
            return reset(command, state, facts)
        case c.RemoveEnrollmentCommand():
            return remove(command, state, facts)
        case c.RegenerateRecoveryCodeCommand():
            return regenerate(command, state, facts)
        case c.VoidRecoveryCodeCommand():
            return void(command, state, facts)
        case c.ClassifyAccountCommand():
            return classify(command, state, facts)
        case _:
            assert_never(command)


def _refused(refusal: Refusal, command: c.Command, state: UserMfa, facts: Facts) -> tuple[News, ...]:
    said = keeping(command, state, facts)
    match command:
        case c.EnrollCommand() | c.RedeemRecoveryCodeCommand() | c.ClassifyAccountCommand():
            return (CommandRefused(**said, code=refusal.code, retry_at=refusal.retry_at),)
        case _:
            why = command.data
            return (
                CommandRefused(
                    **said, code=refusal.code, reason=why.reason, ticket=why.ticket, retry_at=refusal.retry_at
                ),
            )
