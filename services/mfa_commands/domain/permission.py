"""Rule 1, who may: by the actor's role, on oneself or on somebody else, in which tenant, on what kind of account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from mfa_commands.domain.decision import Refusal
from mfa_commands.domain.state import protected
from mfa_contracts.commands import (
    ClassifyAccountCommand,
    EnrollCommand,
    RedeemRecoveryCodeCommand,
    RegenerateRecoveryCodeCommand,
    RemoveEnrollmentCommand,
    ResetMfaCommand,
    VoidRecoveryCodeCommand,
)
from mfa_contracts.vocabulary import OutcomeCode, Role

if TYPE_CHECKING:
    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.commands import Command
    from mfa_contracts.fact_parts import Actor

FORBIDDEN: Final = Refusal(OutcomeCode.FORBIDDEN)
_UNCLASSIFIED: Final = Refusal(OutcomeCode.ACCOUNT_UNCLASSIFIED)
_SELF: Final = Refusal(OutcomeCode.SELF_RESET_FORBIDDEN)
_NO_TICKET: Final = Refusal(OutcomeCode.TICKET_REQUIRED)
_OF_ADMIN: Final = Refusal(OutcomeCode.ADMIN_TARGET_FORBIDDEN)
_ALONE: Final = Refusal(OutcomeCode.APPROVAL_REQUIRED)

_OfUser = (
    EnrollCommand
    | RedeemRecoveryCodeCommand
    | RemoveEnrollmentCommand
    | RegenerateRecoveryCodeCommand
    | VoidRecoveryCodeCommand
)
_OfAdmin = ResetMfaCommand | RemoveEnrollmentCommand | RegenerateRecoveryCodeCommand | VoidRecoveryCodeCommand


def may_not(command: Command, state: UserMfa, facts: Facts) -> Refusal | None:
    """Why this actor may not do this to this account, or None."""
    actor = facts.actor.actor
    match actor.role:
        case Role.USER:
            return None if _on_self(actor, command) and isinstance(command, _OfUser) else FORBIDDEN
        case Role.SERVICE:
            return None if _in_tenant(actor, command) and isinstance(command, ClassifyAccountCommand) else FORBIDDEN
        case Role.TENANT_ADMIN:
            return _admin_may_not(command, state, facts) if _in_tenant(actor, command) else FORBIDDEN
        case Role.SUPPORT:
            return _for_another(command, state, facts, on_protected=_ALONE)
        case Role.AUDITOR:
            return FORBIDDEN
        case _:
            assert_never(actor.role)


def _admin_may_not(command: Command, state: UserMfa, facts: Facts) -> Refusal | None:
    return _for_another(command, state, facts, on_protected=_OF_ADMIN)


def _for_another(command: Command, state: UserMfa, facts: Facts, on_protected: Refusal) -> Refusal | None:
    if not isinstance(command, _OfAdmin):
        return FORBIDDEN
    if _on_self(facts.actor.actor, command):
        return _SELF
    if state.classified is None:
        return _UNCLASSIFIED
    if protected(state, facts.now):
        return on_protected
    return None if command.data.reason is not None and command.data.ticket is not None else _NO_TICKET


def _in_tenant(actor: Actor, command: Command) -> bool:
    return actor.tenant == command.tenantid


def _on_self(actor: Actor, command: Command) -> bool:
    return actor.tenant == command.tenantid and actor.subject == command.subject
