"""Transaction tokens: signed proof of who asks for exactly this command."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from mfa_client.actors import context_of, subject_of
from mfa_client.errors import SettingError
from mfa_contracts.tokens import TOKEN_TYPE, TokenClaims, TokenContext

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from mfa_client.actors import Actor

LIFE_SECONDS: Final = 300
_ALGORITHM: Final = "EdDSA"
# EdDSA is not among the algorithms that joserfc recommends, so it must be asked for.
_REGISTRY: Final = jws.JWSRegistry(algorithms=[_ALGORITHM])


class TokenSigner(Protocol):
    """Makes tokens. In production the gateway that has seen the person does, with a key of its own."""

    async def token(self, actor: Actor, context: TokenContext) -> bytes:
        """Sign that ``actor`` asks for the one command that ``context`` names; a compact JWS."""
        ...


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """Signs with a private key in this process.

    Args:
        issuer: who vouches for the actor; the service must trust it.
        key: an Ed25519 JWK with its private part and a ``kid``.
        workload: the program that asks, for the audit record (``req_wl``).
        now: UTC.
    """

    issuer: str
    key: OKPKey = field(repr=False)
    workload: str
    now: Callable[[], datetime]

    async def token(self, actor: Actor, context: TokenContext) -> bytes:
        """See ``TokenSigner``."""
        header = {"alg": _ALGORITHM, "typ": TOKEN_TYPE, "kid": self.key.kid}
        claims = self._claims(actor, context).model_dump_json(exclude_none=True)
        with warnings.catch_warnings():
            # RFC 9864 would name the curve; gateways' libraries still say EdDSA, and the service takes only that.
            warnings.simplefilter("ignore", SecurityWarning)
            return jws.serialize_compact(header, claims.encode(), self.key, registry=_REGISTRY).encode()

    def _claims(self, actor: Actor, context: TokenContext) -> TokenClaims:
        issued = int(self.now().timestamp())
        return TokenClaims(
            iss=self.issuer,
            aud="mfa-commands",
            iat=issued,
            exp=issued + LIFE_SECONDS,
            txn=uuid4(),
            sub=subject_of(actor),
            scope="mfa",
            req_wl=self.workload,
            tctx=context,
            rctx=context_of(actor),
        )


def local_signer(file: Path, issuer: str, workload: str, now: Callable[[], datetime]) -> LocalSigner:
    """Read a signer's private JWK from a file.

    Raises:
        SettingError: the file is missing or holds no private Ed25519 JWK with a ``kid``.
    """
    try:
        key = OKPKey.import_key(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, JoseError) as error:
        raise SettingError(f"{file.name}: expected a private Ed25519 JWK, got {type(error).__name__}") from None
    if not key.is_private or key.kid is None:
        raise SettingError(f"{file.name}: expected a private key with a `kid`, got a public one or none")
    return LocalSigner(issuer, key, workload, now)
