"""What facts are made of: who, from which command, on what account, which code, which enrolments."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from mfa_contracts.ids import CodeIdField, EnrollmentField, OpaqueField, TenantField, UserField
from mfa_contracts.model import Frozen, ShortText
from mfa_contracts.sealing import KeyId
from mfa_contracts.tokens import Digest
from mfa_contracts.vocabulary import AccountKind, Method, Role

Count = Annotated[int, Field(ge=0, le=2**31)]
Offset = Annotated[int, Field(ge=0, le=2**63 - 1)]
Bytes16 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
Bytes32 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class Actor(Frozen):
    """Who did it, as a trusted issuer signed it. ``txn`` names the token, ``workload`` the service that asked."""

    issuer: OpaqueField
    subject: UserField
    role: Role
    tenant: TenantField
    workload: OpaqueField
    txn: UUID


class CommandSource(Frozen):
    """Which command, where it stands in ``mfa.commands``, and the SHA-256 of its exact bytes."""

    command: ShortText
    partition: Count
    offset: Offset
    digest: Digest


class Target(Frozen):
    """What the account was when the command was decided; ``kind`` is None while the directory has not said."""

    kind: AccountKind | None = None
    protected: bool


class Verifier(Frozen):
    """How a code is recognised: HMAC-SHA-256 under pepper ``pepper_id``, salt of 16 bytes, both base64url."""

    scheme: Literal["hmac-sha-256/v1"] = "hmac-sha-256/v1"
    pepper_id: KeyId
    salt: Bytes16
    tag: Bytes32


class IssuedCode(Frozen):
    """A recovery code without the code: its name and how to recognise it."""

    code_id: CodeIdField
    verifier: Verifier


class RemovedEnrollment(Frozen):
    """An enrolment that went."""

    enrollment_id: EnrollmentField
    method: Method
