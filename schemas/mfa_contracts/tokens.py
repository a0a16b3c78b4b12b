"""Who acts: the transaction token in the Kafka header ``txn-token``.

A compact JWS (``typ: txntoken+jwt``, after the OAuth Transaction Tokens draft) signed by a trusted issuer. It is
bound to one command: action, tenant, target, command id and the SHA-256 of the exact record value.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mfa_contracts.commands import DirectoryVersion
from mfa_contracts.ids import CommandId, OpaqueField, TenantField, UserField
from mfa_contracts.model import Frozen, ShortText
from mfa_contracts.vocabulary import AccountKind, Role

TOKEN_HEADER: Final = "txn-token"  # noqa: S105 - the name of a header
TOKEN_TYPE: Final = "txntoken+jwt"  # noqa: S105 - the name of a format
AUDIENCE: Final = "mfa-commands"
TOKEN_LIFE_MAX_SECONDS: Final = 15 * 60
"""No token is taken later than this after ``iat``, whatever its ``exp`` says."""

EpochSeconds = Annotated[int, Field(ge=946_684_800, lt=7_258_118_400)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in lower-case hex."""


def digest_of(value: bytes) -> Digest:
    """The SHA-256 of a command's exact record value: nothing is canonicalised."""
    return sha256(value).hexdigest()


class TokenContext(Frozen):
    """``tctx``: what this token is good for, and nothing else."""

    action: ShortText
    tenant: TenantField
    target: UserField
    command_id: CommandId
    sha256: Digest


class RequesterContext(Frozen):
    """``rctx``: in which role the person acts, and how freshly they were seen.

    ``tenant`` is the actor's own. ``login`` names one log-in from the first factor to its end. Times are epoch seconds.
    ``account_kind`` and ``directory_version`` classify the user's own account at ``Enroll``.
    """

    role: Role
    tenant: TenantField
    login: OpaqueField | None = None
    first_factor_at: EpochSeconds | None = None
    second_factor_at: EpochSeconds | None = None
    account_kind: AccountKind | None = None
    directory_version: DirectoryVersion | None = None


class TokenClaims(BaseModel):
    """The claims of a transaction token; unknown registered claims are ignored, as RFC 7519 §4 asks."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    iss: OpaqueField
    aud: Literal["mfa-commands"] = "mfa-commands"
    iat: EpochSeconds
    exp: EpochSeconds
    txn: UUID
    sub: UserField
    scope: OpaqueField
    req_wl: OpaqueField
    tctx: TokenContext
    rctx: RequesterContext
