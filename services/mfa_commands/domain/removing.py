"""ResetMfa and RemoveEnrollment: all at once or one by one; both ways end in the same state.

Asking for what is already gone is accepted and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_commands.domain.freshness import no_step_up
from mfa_commands.domain.state import enrollments, grants_code, live_code
from mfa_commands.domain.telling import changing, keeping
from mfa_contracts.events import AuthenticatorRemoved, MfaReset, NothingChanged, RecoveryCodeVoided
from mfa_contracts.fact_parts import RemovedEnrollment
from mfa_contracts.vocabulary import VoidReason

if TYPE_CHECKING:
    from mfa_commands.domain.decision import Refusal
    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import Enrolled, Enrollment, UserMfa
    from mfa_commands.domain.telling import Said
    from mfa_contracts.commands import RemoveEnrollment, RemoveEnrollmentCommand, ResetMfaCommand
    from mfa_contracts.events import News
    from mfa_contracts.ids import EnrollmentId


def reset(command: ResetMfaCommand, state: UserMfa, facts: Facts) -> tuple[News, ...]:
    """All enrolments and the code go in one fact; sessions from before end."""
    why, code = command.data, live_code(state)
    if state.enrolled is None:
        return (NothingChanged(**keeping(command, state, facts), reason=why.reason, ticket=why.ticket),)
    fact = MfaReset(
        **changing(command, state, facts),
        removed=_named(state.enrolled.enrollments),
        voided_code=None if code is None else code.code_id,
        reason=why.reason,
        ticket=why.ticket,
        sessions_invalid_before=facts.now,
    )
    return (fact,)


def remove(command: RemoveEnrollmentCommand, state: UserMfa, facts: Facts) -> Refusal | tuple[News, ...]:
    """One enrolment goes with those on its device; the code dies with the last enrolment that grants one."""
    return no_step_up(state, facts) or _removed(command, state, facts)


def _removed(command: RemoveEnrollmentCommand, state: UserMfa, facts: Facts) -> tuple[News, ...]:
    why = command.data
    gone = _with_linked(why.enrollment_id, enrollments(state))
    if state.enrolled is None or not gone:
        return (NothingChanged(**keeping(command, state, facts), reason=why.reason, ticket=why.ticket),)
    said = changing(command, state, facts)
    left = tuple(one for one in state.enrolled.enrollments if one not in gone)
    return (_removal(why, gone, left, facts, said), *_voided(why, left, state.enrolled, said))


def _removal(
    why: RemoveEnrollment, gone: tuple[Enrollment, ...], left: tuple[Enrollment, ...], facts: Facts, said: Said
) -> AuthenticatorRemoved:
    return AuthenticatorRemoved(
        **said,
        removed=_named(gone),
        remaining=len(left),
        sessions_invalid_before=None if left else facts.now,
        reason=why.reason,
        ticket=why.ticket,
    )


def _voided(
    why: RemoveEnrollment, left: tuple[Enrollment, ...], before: Enrolled, said: Said
) -> tuple[RecoveryCodeVoided, ...]:
    if before.code is None or grants_code(left):
        return ()
    voided = RecoveryCodeVoided(
        **said,
        code_id=before.code.code_id,
        void_reason=VoidReason.LAST_ENROLLMENT_REMOVED,
        reason=why.reason,
        ticket=why.ticket,
    )
    return (voided,)


def _with_linked(wanted: EnrollmentId, among: tuple[Enrollment, ...]) -> tuple[Enrollment, ...]:
    """The wanted one and all that are linked to it, in either direction and over any number of links."""
    device = {wanted}
    while reached := {end for one in among if device & _ends(one) for end in _ends(one)} - device:
        device |= reached
    return tuple(one for one in among if one.enrollment_id in device)


def _ends(enrollment: Enrollment) -> set[EnrollmentId]:
    return {enrollment.enrollment_id, enrollment.linked_to or enrollment.enrollment_id}


def _named(gone: tuple[Enrollment, ...]) -> tuple[RemovedEnrollment, ...]:
    return tuple(RemovedEnrollment(enrollment_id=one.enrollment_id, method=one.method) for one in gone)
