"""RedeemRecoveryCode: log in with the code, after user name and password.

The code dies and its successor lives in one fact. A wrong code is a fact too; too many in a row lock the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_commands.domain.decision import Refusal
from mfa_commands.domain.freshness import FIRST_FACTOR_REQUIRED, no_first_factor
from mfa_commands.domain.telling import changing, keeping
from mfa_contracts.events import AuthenticatorReplaced, RecoveryCodeRedeemed, RecoveryCodeRejected, RecoveryLocked
from mfa_contracts.vocabulary import Method, OutcomeCode

if TYPE_CHECKING:
    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import Enrolled, Enrollment, LiveCode, UserMfa
    from mfa_commands.domain.telling import Said
    from mfa_contracts.commands import RedeemRecoveryCodeCommand, RestoredApp
    from mfa_contracts.events import News

_NOT_ENROLLED: Final = Refusal(OutcomeCode.NOT_ENROLLED)
_LOCKED: Final = Refusal(OutcomeCode.TOO_MANY_ATTEMPTS)
_UNKNOWN: Final = Refusal(OutcomeCode.UNKNOWN_ENROLLMENT)
_NOT_A_CODE: Final = Refusal(OutcomeCode.INVALID_RECOVERY_CODE)

_IN_AN_APP: Final = frozenset({Method.PUSH, Method.TOTP})
"""What a backup of the device brings back; a telephone number, a key or Duo's own account is in no app of ours."""


@dataclass(frozen=True, slots=True)
class Try:
    """A code may be tried now, in ``login``, against ``code``. A re-installed app keeps the enrolment ``restored``."""

    login: str
    code: LiveCode
    failures: int
    restored: Enrollment | None


def tried(command: RedeemRecoveryCodeCommand, state: UserMfa, facts: Facts) -> Refusal | Try:
    """The try, or why the sealed code is not even opened: the person first, then what there is, then the pace."""
    login, enrolled = facts.actor.login, state.enrolled
    if (refusal := no_first_factor(facts)) is not None:
        return refusal
    if login is None:
        return FIRST_FACTOR_REQUIRED
    if enrolled is None or enrolled.code is None:
        return _NOT_ENROLLED
    return _too_early(enrolled, facts) or _against(enrolled, enrolled.code, login, command.data.restored_app)


def redeem(command: RedeemRecoveryCodeCommand, state: UserMfa, facts: Facts) -> Refusal | tuple[News, ...]:
    """The code was right and is replaced, or it was wrong and is counted. Not compared counts as wrong."""
    attempt = tried(command, state, facts)
    if isinstance(attempt, Refusal):
        return attempt
    if not facts.code_wellformed:
        # A slip of the finger shows in the check symbol, which an attacker can compute too: not counted.
        return _NOT_A_CODE
    if facts.code_matches is not True:
        return _rejected(command, attempt.failures + 1, state, facts)
    said = changing(command, state, facts)
    return (_redeemed(attempt, facts, said), *_replaced(command.data.restored_app, attempt.restored, said))


def _too_early(enrolled: Enrolled, facts: Facts) -> Refusal | None:
    if enrolled.locked:
        return _LOCKED
    if enrolled.retry_at is not None and facts.now < enrolled.retry_at:
        return Refusal(OutcomeCode.TOO_MANY_ATTEMPTS, enrolled.retry_at)
    return None


def _against(enrolled: Enrolled, code: LiveCode, login: str, app: RestoredApp | None) -> Refusal | Try:
    if app is None:
        return Try(login, code, enrolled.failures, restored=None)
    for enrollment in enrolled.enrollments:
        if enrollment.enrollment_id == app.enrollment_id and enrollment.method in _IN_AN_APP:
            return Try(login, code, enrolled.failures, restored=enrollment)
    return _UNKNOWN


def _rejected(
    command: RedeemRecoveryCodeCommand, failures: int, state: UserMfa, facts: Facts
) -> tuple[RecoveryCodeRejected] | tuple[RecoveryCodeRejected, RecoveryLocked]:
    if failures >= facts.policy.lock_after:
        said = changing(command, state, facts)
        return RecoveryCodeRejected(**said, failures=failures), RecoveryLocked(**said, failures=failures)
    delay = facts.policy.delay_after(failures)
    retry_at = None if delay is None else facts.now + delay
    return (RecoveryCodeRejected(**keeping(command, state, facts), failures=failures, retry_at=retry_at),)


def _redeemed(attempt: Try, facts: Facts, said: Said) -> RecoveryCodeRedeemed:
    return RecoveryCodeRedeemed(**said, code_id=attempt.code.code_id, replacement=facts.new_code, login=attempt.login)


def _replaced(app: RestoredApp | None, kept: Enrollment | None, said: Said) -> tuple[AuthenticatorReplaced, ...]:
    if app is None or kept is None:
        return ()
    replaced = AuthenticatorReplaced(
        **said,
        enrollment_id=kept.enrollment_id,
        method=kept.method,
        app_instance=app.app_instance,
        previous_app_instance=kept.app_instance,
    )
    return (replaced,)
