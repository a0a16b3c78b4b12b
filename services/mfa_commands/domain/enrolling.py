"""Enroll: bind an authenticator. The first one that grants a code brings the recovery code in the same append."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mfa_commands.domain.classifying import classified, is_newer
from mfa_commands.domain.decision import Refusal
from mfa_commands.domain.freshness import no_first_factor, no_step_up
from mfa_commands.domain.state import enrollments, grants_code
from mfa_commands.domain.telling import changing
from mfa_contracts.events import AuthenticatorEnrolled, RecoveryCodeIssued
from mfa_contracts.vocabulary import IssueReason, OutcomeCode

if TYPE_CHECKING:
    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import UserMfa
    from mfa_commands.domain.telling import Said
    from mfa_contracts.commands import Enroll, EnrollCommand
    from mfa_contracts.events import AccountClassified, News

_UNCLASSIFIED: Final = Refusal(OutcomeCode.ACCOUNT_UNCLASSIFIED)
_ALREADY: Final = Refusal(OutcomeCode.ALREADY_ENROLLED)
_UNKNOWN_LINK: Final = Refusal(OutcomeCode.UNKNOWN_ENROLLMENT)
_TOO_MANY: Final = Refusal(OutcomeCode.TOO_MANY_ENROLLMENTS)


def enroll(command: EnrollCommand, state: UserMfa, facts: Facts) -> Refusal | tuple[News, ...]:
    """What the token says of the account, the enrolment, and the code if this is the first one to grant it."""
    return _no_enrolling(command, state, facts) or _news(command, state, facts)


def _no_enrolling(command: EnrollCommand, state: UserMfa, facts: Facts) -> Refusal | None:
    return (
        _stays_unclassified(state, facts)
        or no_first_factor(facts)
        or no_step_up(state, facts)
        or _does_not_fit(command.data, state, facts)
    )


def _news(command: EnrollCommand, state: UserMfa, facts: Facts) -> tuple[News, ...]:
    said = changing(command, state, facts)
    code = _first_code(command.data, state, facts, said)
    return (*_classification(state, facts, said), _enrolled(command.data, said), *code)


def _stays_unclassified(state: UserMfa, facts: Facts) -> Refusal | None:
    return _UNCLASSIFIED if state.classified is None and _token_says_nothing(facts) else None


def _token_says_nothing(facts: Facts) -> bool:
    return facts.actor.account_kind is None or facts.actor.directory_version is None


def _does_not_fit(wanted: Enroll, state: UserMfa, facts: Facts) -> Refusal | None:
    known = {enrollment.enrollment_id for enrollment in enrollments(state)}
    if wanted.enrollment_id in known:
        return _ALREADY
    if wanted.linked_to is not None and wanted.linked_to not in known:
        return _UNKNOWN_LINK
    return _TOO_MANY if len(known) >= facts.policy.enrollments_max else None


def _classification(state: UserMfa, facts: Facts, said: Said) -> tuple[AccountClassified, ...]:
    kind, version = facts.actor.account_kind, facts.actor.directory_version
    if kind is None or version is None or not is_newer(version, state):
        return ()
    return (classified(kind, version, state, facts, said),)


def _enrolled(wanted: Enroll, said: Said) -> AuthenticatorEnrolled:
    return AuthenticatorEnrolled(
        **said,
        enrollment_id=wanted.enrollment_id,
        method=wanted.method,
        linked_to=wanted.linked_to,
        app_instance=wanted.app_instance,
    )


def _first_code(wanted: Enroll, state: UserMfa, facts: Facts, said: Said) -> tuple[RecoveryCodeIssued, ...]:
    if not wanted.method.grants_recovery_code or grants_code(enrollments(state)):
        return ()
    return (RecoveryCodeIssued(**said, issued=facts.new_code, issue_reason=IssueReason.FIRST_ENROLLMENT),)
