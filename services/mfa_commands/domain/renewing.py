"""RegenerateRecoveryCode and VoidRecoveryCode: the code without its use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mfa_commands.domain.decision import Refusal
from mfa_commands.domain.freshness import no_step_up
from mfa_commands.domain.state import enrollments, grants_code, live_code
from mfa_commands.domain.telling import changing, keeping
from mfa_contracts.events import NothingChanged, RecoveryCodeIssued, RecoveryCodeVoided
from mfa_contracts.vocabulary import IssueReason, OutcomeCode, VoidReason

if TYPE_CHECKING:
    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.commands import RegenerateRecoveryCodeCommand, VoidRecoveryCodeCommand
    from mfa_contracts.events import News

_NOT_ENROLLED: Final = Refusal(OutcomeCode.NOT_ENROLLED)


def regenerate(command: RegenerateRecoveryCodeCommand, state: UserMfa, facts: Facts) -> Refusal | tuple[News, ...]:
    """A new code in place of the old one, which is dead at once."""
    return no_step_up(state, facts) or _nothing_grants(state) or _issued(command, state, facts)


def void(command: VoidRecoveryCodeCommand, state: UserMfa, facts: Facts) -> Refusal | tuple[News, ...]:
    """The code dies without a successor; no code, nothing changes."""
    return no_step_up(state, facts) or _voided(command, state, facts)


def _nothing_grants(state: UserMfa) -> Refusal | None:
    return None if grants_code(enrollments(state)) else _NOT_ENROLLED


def _issued(command: RegenerateRecoveryCodeCommand, state: UserMfa, facts: Facts) -> tuple[News, ...]:
    old = live_code(state)
    issued = RecoveryCodeIssued(
        **changing(command, state, facts),
        issued=facts.new_code,
        replaces=None if old is None else old.code_id,
        issue_reason=IssueReason.REGENERATED,
        reason=command.data.reason,
        ticket=command.data.ticket,
    )
    return (issued,)


def _voided(command: VoidRecoveryCodeCommand, state: UserMfa, facts: Facts) -> tuple[News, ...]:
    why, code = command.data, live_code(state)
    if code is None:
        return (NothingChanged(**keeping(command, state, facts), reason=why.reason, ticket=why.ticket),)
    voided = RecoveryCodeVoided(
        **changing(command, state, facts),
        code_id=code.code_id,
        void_reason=VoidReason.REQUESTED,
        reason=why.reason,
        ticket=why.ticket,
    )
    return (voided,)
