"""Events: facts about one user, past tense, kept for ever. ``mfa.events`` is the truth; all else is folded from it.

Every decided command leaves at least one, and the facts of a command are one contiguous append.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from mfa_contracts.commands import DirectoryVersion
from mfa_contracts.envelope import EventEnvelope
from mfa_contracts.fact_parts import Actor, CommandSource, Count, IssuedCode, RemovedEnrollment, Target
from mfa_contracts.ids import CodeIdField, EnrollmentField, OpaqueField, Version
from mfa_contracts.model import Frozen, Instant, Personal, ShortText
from mfa_contracts.vocabulary import AccountKind, IssueReason, Method, OutcomeCode, ResetReason, VoidReason


class Fact(Frozen):
    """What every event says beside its own news."""

    actor: Actor
    source: CommandSource
    target: Target
    mfa_version_before: Version
    mfa_version: Version
    personal: Personal | None = None


class AuthenticatorEnrolled(Fact):
    """An authenticator was bound to the account."""

    enrollment_id: EnrollmentField
    method: Method
    linked_to: EnrollmentField | None = None
    app_instance: OpaqueField | None = None


class AuthenticatorReplaced(Fact):
    """A re-installed app kept its enrolment: same id, another installation."""

    enrollment_id: EnrollmentField
    method: Method
    app_instance: OpaqueField
    previous_app_instance: OpaqueField | None = None


class AuthenticatorRemoved(Fact):
    """One enrolment and those linked to it went. With none left, sessions begun before the given time end."""

    removed: Annotated[tuple[RemovedEnrollment, ...], Field(min_length=1)]
    remaining: Count
    sessions_invalid_before: Instant | None = None
    reason: ResetReason | None = None
    ticket: ShortText | None = None


class RecoveryCodeIssued(Fact):
    """A code came into being; ``replaces`` is dead from here on."""

    issued: IssuedCode
    replaces: CodeIdField | None = None
    issue_reason: IssueReason
    reason: ResetReason | None = None
    ticket: ShortText | None = None


class RecoveryCodeRedeemed(Fact):
    """The code ``code_id`` was used and is dead; ``replacement`` is alive: one fact, never both, never neither."""

    code_id: CodeIdField
    replacement: IssuedCode
    login: OpaqueField


class RecoveryCodeRejected(Fact):
    """A wrong code was tried. Wrong, used and replaced are not told apart."""

    failures: Count
    retry_at: Instant | None = None


class RecoveryCodeVoided(Fact):
    """The code died without being used and without a successor."""

    code_id: CodeIdField
    void_reason: VoidReason
    reason: ResetReason | None = None
    ticket: ShortText | None = None


class RecoveryLocked(Fact):
    """Too many wrong codes in a row: no code is tried any more until the lock is taken away."""

    failures: Count


class MfaReset(Fact):
    """All enrolments and the code went at once; sessions and remembered devices from before the given time end."""

    removed: Annotated[tuple[RemovedEnrollment, ...], Field(min_length=1)]
    voided_code: CodeIdField | None = None
    reason: ResetReason
    ticket: ShortText | None = None
    approver: Actor | None = None
    sessions_invalid_before: Instant


class AccountClassified(Fact):
    """The directory said what the account is. ``protected_until`` is set when a protected one was demoted."""

    kind: AccountKind
    previous: AccountKind | None = None
    directory_version: DirectoryVersion
    protected_until: Instant | None = None


class CommandRefused(Fact):
    """Somebody asked for what they may not have. That too is a fact."""

    code: OutcomeCode
    reason: ResetReason | None = None
    ticket: ShortText | None = None
    retry_at: Instant | None = None


class NothingChanged(Fact):
    """The command asked for what already was: accepted, and ``mfa_version`` stays."""

    reason: ResetReason | None = None
    ticket: ShortText | None = None


class AuthenticatorEnrolledEvent(EventEnvelope):
    """``AuthenticatorEnrolled`` in its frame."""

    type: Literal["mfa.event.AuthenticatorEnrolled.v1"] = "mfa.event.AuthenticatorEnrolled.v1"
    data: AuthenticatorEnrolled


class AuthenticatorReplacedEvent(EventEnvelope):
    """``AuthenticatorReplaced`` in its frame."""

    type: Literal["mfa.event.AuthenticatorReplaced.v1"] = "mfa.event.AuthenticatorReplaced.v1"
    data: AuthenticatorReplaced


class AuthenticatorRemovedEvent(EventEnvelope):
    """``AuthenticatorRemoved`` in its frame."""

    type: Literal["mfa.event.AuthenticatorRemoved.v1"] = "mfa.event.AuthenticatorRemoved.v1"
    data: AuthenticatorRemoved


class RecoveryCodeIssuedEvent(EventEnvelope):
    """``RecoveryCodeIssued`` in its frame."""

    type: Literal["mfa.event.RecoveryCodeIssued.v1"] = "mfa.event.RecoveryCodeIssued.v1"
    data: RecoveryCodeIssued


class RecoveryCodeRedeemedEvent(EventEnvelope):
    """``RecoveryCodeRedeemed`` in its frame."""

    type: Literal["mfa.event.RecoveryCodeRedeemed.v1"] = "mfa.event.RecoveryCodeRedeemed.v1"
    data: RecoveryCodeRedeemed


class RecoveryCodeRejectedEvent(EventEnvelope):
    """``RecoveryCodeRejected`` in its frame."""

    type: Literal["mfa.event.RecoveryCodeRejected.v1"] = "mfa.event.RecoveryCodeRejected.v1"
    data: RecoveryCodeRejected


class RecoveryCodeVoidedEvent(EventEnvelope):
    """``RecoveryCodeVoided`` in its frame."""

    type: Literal["mfa.event.RecoveryCodeVoided.v1"] = "mfa.event.RecoveryCodeVoided.v1"
    data: RecoveryCodeVoided


class RecoveryLockedEvent(EventEnvelope):
    """``RecoveryLocked`` in its frame."""

    type: Literal["mfa.event.RecoveryLocked.v1"] = "mfa.event.RecoveryLocked.v1"
    data: RecoveryLocked


class MfaResetEvent(EventEnvelope):
    """``MfaReset`` in its frame."""

    type: Literal["mfa.event.MfaReset.v1"] = "mfa.event.MfaReset.v1"
    data: MfaReset


class AccountClassifiedEvent(EventEnvelope):
    """``AccountClassified`` in its frame."""

    type: Literal["mfa.event.AccountClassified.v1"] = "mfa.event.AccountClassified.v1"
    data: AccountClassified


class CommandRefusedEvent(EventEnvelope):
    """``CommandRefused`` in its frame."""

    type: Literal["mfa.event.CommandRefused.v1"] = "mfa.event.CommandRefused.v1"
    data: CommandRefused


class NothingChangedEvent(EventEnvelope):
    """``NothingChanged`` in its frame."""

    type: Literal["mfa.event.NothingChanged.v1"] = "mfa.event.NothingChanged.v1"
    data: NothingChanged


Event = (
    AuthenticatorEnrolledEvent
    | AuthenticatorReplacedEvent
    | AuthenticatorRemovedEvent
    | RecoveryCodeIssuedEvent
    | RecoveryCodeRedeemedEvent
    | RecoveryCodeRejectedEvent
    | RecoveryCodeVoidedEvent
    | RecoveryLockedEvent
    | MfaResetEvent
    | AccountClassifiedEvent
    | CommandRefusedEvent
    | NothingChangedEvent
)
AnyEvent = Annotated[Event, Field(discriminator="type")]

EVENTS: Final[tuple[type[Event], ...]] = (
    AuthenticatorEnrolledEvent,
    AuthenticatorReplacedEvent,
    AuthenticatorRemovedEvent,
    RecoveryCodeIssuedEvent,
    RecoveryCodeRedeemedEvent,
    RecoveryCodeRejectedEvent,
    RecoveryCodeVoidedEvent,
    RecoveryLockedEvent,
    MfaResetEvent,
    AccountClassifiedEvent,
    CommandRefusedEvent,
    NothingChangedEvent,
)

News = (
    AuthenticatorEnrolled
    | AuthenticatorReplaced
    | AuthenticatorRemoved
    | RecoveryCodeIssued
    | RecoveryCodeRedeemed
    | RecoveryCodeRejected
    | RecoveryCodeVoided
    | RecoveryLocked
    | MfaReset
    | AccountClassified
    | CommandRefused
    | NothingChanged
)
"""What an event says, without its frame."""
