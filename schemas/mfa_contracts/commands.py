"""Commands: what somebody wants done. Imperative, final in shape, unknown fields refused.

Who asks is never in here: it travels signed in the Kafka header ``txn-token`` (``mfa_contracts.tokens``).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from mfa_contracts.envelope import CommandEnvelope
from mfa_contracts.ids import EnrollmentField, OpaqueField, Version
from mfa_contracts.model import Frozen, Personal, ShortText
from mfa_contracts.sealing import SealedCode, X25519Public
from mfa_contracts.vocabulary import AccountKind, Method, ResetReason

DirectoryVersion = Annotated[int, Field(ge=0, le=2**53)]
"""The directory's own counter of changes of one account: an older one is ignored."""


class Payload(Frozen):
    """What all commands may say."""

    expected_version: Version | None = None
    """The ``mfa_version`` that the sender looked at; if it has moved on the command is refused as ``state_changed``."""
    personal: Personal | None = None


class Enroll(Payload):
    """Bind an authenticator. With the first one that grants a code, the user is given a recovery code."""

    enrollment_id: EnrollmentField
    method: Method
    linked_to: EnrollmentField | None = None
    """An enrolment on the same device: linked ones are removed together (Auth0's ``link_id``)."""
    app_instance: OpaqueField | None = None
    """The installation of the authenticator app; it changes when the app is installed anew."""
    reply_key: X25519Public


class RestoredApp(Frozen):
    """A re-installed app that was restored from a backup and wants to keep its enrolment."""

    enrollment_id: EnrollmentField
    app_instance: OpaqueField


class RedeemRecoveryCode(Payload):
    """Log in with the recovery code, after user name and password; a new code comes back in the same fact."""

    sealed_code: SealedCode
    reply_key: X25519Public
    restored_app: RestoredApp | None = None


class ResetMfa(Payload):
    """Take away all enrolments and the recovery code at once; the user sets up MFA like a new one."""

    reason: ResetReason
    ticket: ShortText | None = None


class RemoveEnrollment(Payload):
    """Take away one enrolment (and those linked to it)."""

    enrollment_id: EnrollmentField
    reason: ResetReason | None = None
    ticket: ShortText | None = None


class RegenerateRecoveryCode(Payload):
    """Replace the recovery code by a new one."""

    reply_key: X25519Public
    reason: ResetReason | None = None
    ticket: ShortText | None = None


class VoidRecoveryCode(Payload):
    """Kill the recovery code without a new one."""

    reason: ResetReason
    ticket: ShortText | None = None


class ClassifyAccount(Payload):
    """The directory says what kind of account this is."""

    kind: AccountKind
    directory_version: DirectoryVersion


class EnrollCommand(CommandEnvelope):
    """``Enroll`` in its frame."""

    type: Literal["mfa.command.Enroll.v1"] = "mfa.command.Enroll.v1"
    data: Enroll


class RedeemRecoveryCodeCommand(CommandEnvelope):
    """``RedeemRecoveryCode`` in its frame."""

    type: Literal["mfa.command.RedeemRecoveryCode.v1"] = "mfa.command.RedeemRecoveryCode.v1"
    data: RedeemRecoveryCode


class ResetMfaCommand(CommandEnvelope):
    """``ResetMfa`` in its frame."""

    type: Literal["mfa.command.ResetMfa.v1"] = "mfa.command.ResetMfa.v1"
    data: ResetMfa


class RemoveEnrollmentCommand(CommandEnvelope):
    """``RemoveEnrollment`` in its frame."""

    type: Literal["mfa.command.RemoveEnrollment.v1"] = "mfa.command.RemoveEnrollment.v1"
    data: RemoveEnrollment


class RegenerateRecoveryCodeCommand(CommandEnvelope):
    """``RegenerateRecoveryCode`` in its frame."""

    type: Literal["mfa.command.RegenerateRecoveryCode.v1"] = "mfa.command.RegenerateRecoveryCode.v1"
    data: RegenerateRecoveryCode


class VoidRecoveryCodeCommand(CommandEnvelope):
    """``VoidRecoveryCode`` in its frame."""

    type: Literal["mfa.command.VoidRecoveryCode.v1"] = "mfa.command.VoidRecoveryCode.v1"
    data: VoidRecoveryCode


class ClassifyAccountCommand(CommandEnvelope):
    """``ClassifyAccount`` in its frame."""

    type: Literal["mfa.command.ClassifyAccount.v1"] = "mfa.command.ClassifyAccount.v1"
    data: ClassifyAccount


Command = (
    EnrollCommand
    | RedeemRecoveryCodeCommand
    | ResetMfaCommand
    | RemoveEnrollmentCommand
    | RegenerateRecoveryCodeCommand
    | VoidRecoveryCodeCommand
    | ClassifyAccountCommand
)
AnyCommand = Annotated[Command, Field(discriminator="type")]

COMMANDS: Final[tuple[type[Command], ...]] = (
    EnrollCommand,
    RedeemRecoveryCodeCommand,
    ResetMfaCommand,
    RemoveEnrollmentCommand,
    RegenerateRecoveryCodeCommand,
    VoidRecoveryCodeCommand,
    ClassifyAccountCommand,
)


def action(command: Command) -> str:
    """The verb of a command, for instance ``ResetMfa``: what its token must name."""
    return type(command.data).__name__
