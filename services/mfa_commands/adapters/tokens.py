"""Who asks: the transaction token of a command, taken strictly.

A compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037) and nothing else. ``joserfc`` reads the keys; the token
itself is taken apart here, because a general library is lenient where this must not be (it ignores ``typ`` and does not
judge ``exp`` by itself) and costs as much again as the signature.
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from pydantic import ValidationError

from mfa_commands.domain.facts import CLOCK_LEEWAY_SECONDS, VerifiedActor
from mfa_commands.errors import TokenError
from mfa_contracts.commands import action
from mfa_contracts.fact_parts import Actor
from mfa_contracts.tokens import TOKEN_LIFE_MAX_SECONDS, TOKEN_TYPE, RequesterContext, TokenClaims, TokenContext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from mfa_commands.adapters.keys import IssuerKey
    from mfa_contracts.commands import Command
    from mfa_contracts.tokens import Digest

ALGORITHM: Final = "EdDSA"
TOKEN_BYTES_MAX: Final = 4096
_COMPACT: Final = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{85}[AQgw])")
"""The last symbol of 64 bytes holds two bits of theirs: any other would be a second spelling of one signature."""

_PLACES: Final = frozenset(
    [*TokenClaims.model_fields]
    + [f"tctx.{name}" for name in TokenContext.model_fields]
    + [f"rctx.{name}" for name in RequesterContext.model_fields]
)
"""What a refusal may name."""


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    # Unknown members are refused: `crit`, `jwk`, `jku` and `x5c` all ask to trust what we were not told to trust.
    alg: str
    typ: str
    kid: str


class TokenVerifier:
    """Takes a token for one command, or says why not."""

    def __init__(self, issuers: Mapping[IssuerKey, Ed25519PublicKey]) -> None:
        self._by_kid = _by_kid(issuers)

    def verify(self, token: bytes, command: Command, digest: Digest, appended_at: datetime) -> VerifiedActor:
        """The actor whom a trusted issuer names for exactly this command.

        Args:
            token: the value of the header ``txn-token``.
            command: what the token must be bound to.
            digest: SHA-256 of the command's record value.
            appended_at: the broker's append time; expiry is judged against it, so that a backlog expires nothing.

        Raises:
            TokenError: what was expected; nothing of the token is quoted.
        """
        head, body, signature = _taken_apart(token)
        # Nothing that nobody trusted has signed is read: its names would reach logs and answers by way of errors.
        signers = self._signers(_key_id(head), token, signature)
        claims = _claims(body)
        if claims.iss not in signers:
            raise TokenError("expected a token signed by the issuer that it names")
        _check_times(claims, appended_at.timestamp())
        _check_binding(claims, command, digest)
        return _actor(claims)

    def _signers(self, kid: str, token: bytes, signature: bytes) -> frozenset[str]:
        keys = self._by_kid.get(kid)
        if keys is None:
            raise TokenError("expected one of the key ids of a trusted issuer")
        signed = token[: token.rindex(b".")]
        signers = frozenset(issuer for issuer, key in keys if _has_signed(key, signature, signed))
        if not signers:
            raise TokenError("expected a signature by the key of a trusted issuer")
        return signers


def _by_kid(issuers: Mapping[IssuerKey, Ed25519PublicKey]) -> Mapping[str, Sequence[tuple[str, Ed25519PublicKey]]]:
    """The keys of each key id: two issuers may have chosen the same one."""
    keys: dict[str, list[tuple[str, Ed25519PublicKey]]] = {}
    for (issuer, kid), key in issuers.items():
        keys.setdefault(kid, []).append((issuer, key))
    return keys


def _has_signed(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _taken_apart(token: bytes) -> tuple[bytes, bytes, bytes]:
    parts = _COMPACT.fullmatch(token) if len(token) <= TOKEN_BYTES_MAX else None
    if parts is None:
        raise TokenError(f"expected a compact JWS of at most {TOKEN_BYTES_MAX} bytes with an Ed25519 signature")
    return parts[1], _decoded(parts[2]), _decoded(parts[3])


def _decoded(part: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + b"==")
    except ValueError:
        raise TokenError("expected base64url without padding") from None


@lru_cache(maxsize=64)  # an issuer repeats one header for the life of its key
def _key_id(head: bytes) -> str:
    try:
        header = msgspec.json.decode(_decoded(head), type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise TokenError("expected a header of alg, typ and kid") from None
    if header.alg != ALGORITHM or header.typ != TOKEN_TYPE:
        raise TokenError(f"expected alg {ALGORITHM} and typ {TOKEN_TYPE}")
    return header.kid


def _claims(body: bytes) -> TokenClaims:
    try:
        claims = TokenClaims.model_validate_json(body)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise TokenError(f"expected the claims of a transaction token, got another `{_known(place)}`") from None
    # The model has a default audience for whoever makes tokens; whoever takes them must see it said.
    if "aud" not in claims.model_fields_set:
        raise TokenError("expected an audience")
    return claims


def _known(place: str) -> str:
    # A place may end in the name of an unknown field, which comes from outside.
    return place if place in _PLACES else "form"


def _check_times(claims: TokenClaims, appended_at: float) -> None:
    if appended_at >= claims.exp:
        raise TokenError("expected a token that was not expired when the broker took the command")
    if appended_at > claims.iat + TOKEN_LIFE_MAX_SECONDS:
        raise TokenError(
            f"expected a token issued at most {TOKEN_LIFE_MAX_SECONDS} s before the broker took the command"
        )
    if claims.iat > appended_at + CLOCK_LEEWAY_SECONDS:
        raise TokenError("expected a token issued before the broker took the command")
    if _seen_at(claims.rctx) > claims.iat + CLOCK_LEEWAY_SECONDS:
        raise TokenError("expected factors that were seen before the token was issued")


def _seen_at(requester: RequesterContext) -> int:
    return max(requester.first_factor_at or 0, requester.second_factor_at or 0)


def _check_binding(claims: TokenClaims, command: Command, digest: Digest) -> None:
    bound = claims.tctx
    pairs = (
        ("action", bound.action, action(command)),
        ("tenant", bound.tenant, command.tenantid),
        ("target", bound.target, command.subject),
        ("command_id", bound.command_id, command.id),
        ("sha256", bound.sha256, digest),
    )
    for name, claimed, actual in pairs:
        if claimed != actual:
            raise TokenError(f"expected a token for this command, got one for another `{name}`")


def _actor(claims: TokenClaims) -> VerifiedActor:
    requester = claims.rctx
    return VerifiedActor(
        actor=_named(claims),
        login=requester.login,
        first_factor_at=_moment(requester.first_factor_at),
        second_factor_at=_moment(requester.second_factor_at),
        account_kind=requester.account_kind,
        directory_version=requester.directory_version,
    )


def _named(claims: TokenClaims) -> Actor:
    return Actor(
        issuer=claims.iss,
        subject=claims.sub,
        role=claims.rctx.role,
        tenant=claims.rctx.tenant,
        workload=claims.req_wl,
        txn=claims.txn,
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
