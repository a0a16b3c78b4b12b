"""Commands as a gateway sends them, made by hand: sealed, signed, put into records. Nothing of the services in it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from mfa_contracts.codec import encode
from mfa_contracts.commands import action
from mfa_contracts.ids import record_key
from mfa_contracts.sealing import Direction, SealedCode, sealing_info
from mfa_contracts.tokens import TOKEN_HEADER, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mfa_contracts.commands import Command

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
ISSUER = "https://local.mfa.test"


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def unb64(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "==")


@dataclass(frozen=True)
class Person:
    """Who asks: what a token says about them."""

    subject: str
    role: str = "user"
    tenant: str = "acme"
    rctx: Mapping[str, Any] = field(default_factory=dict)

    def context(self) -> dict[str, Any]:
        return {"role": self.role, "tenant": self.tenant, **self.rctx}


def logged_in(subject: str, at: int, **said: Any) -> Person:  # noqa: ANN401 - claims of any type
    """A user after the password, at epoch second ``at``; the directory says end user."""
    known = {"login": "login-1", "first_factor_at": at, "account_kind": "end_user", "directory_version": 1}
    return Person(subject, rctx={**known, **said})


def confirmed(subject: str, at: int, **said: Any) -> Person:  # noqa: ANN401 - claims of any type
    """A user after both factors."""
    return logged_in(subject, at, second_factor_at=at, **said)


def admin(subject: str = "bob") -> Person:
    return Person(subject, role="tenant_admin")


@dataclass(frozen=True)
class Signed:
    """A record's parts: key, value, headers."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Gateway:
    """Signs as one issuer and seals to one command service."""

    signing: Ed25519PrivateKey
    sealing_public: X25519PublicKey
    issuer_kid: str = "local-issuer-1"
    sealing_kid: str = "local-sealing-1"

    def send(self, command: Command, person: Person, at: int, **claims: Any) -> Signed:  # noqa: ANN401 - any claim
        """``command`` with its token, issued at epoch second ``at``; ``claims`` replace the right ones."""
        value = encode(command)
        return self.send_bytes(command, value, person, at, **claims)

    def send_bytes(self, command: Command, value: bytes, person: Person, at: int, **claims: Any) -> Signed:  # noqa: ANN401 - any claim
        token = self.token({**self.claims(command, value, person, at), **claims})
        return Signed(record_key(command.tenantid, command.subject), value, ((TOKEN_HEADER, token),))

    def claims(self, command: Command, value: bytes, person: Person, at: int) -> dict[str, Any]:
        bound = {
            "action": action(command),
            "tenant": command.tenantid,
            "target": command.subject,
            "command_id": str(command.id),
            "sha256": digest_of(value),
        }
        times = {"iat": at, "exp": at + 300}
        names = {"iss": ISSUER, "aud": "mfa-commands", "sub": person.subject, "scope": "mfa", "req_wl": "login"}
        return {**names, **times, "txn": str(uuid4()), "tctx": bound, "rctx": person.context()}

    def token(self, claims: Mapping[str, Any], **header: Any) -> bytes:  # noqa: ANN401 - any header
        head = {"alg": "EdDSA", "typ": "txntoken+jwt", "kid": self.issuer_kid, **header}
        signed = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims).encode())}".encode()
        return signed + b"." + b64(self.signing.sign(signed)).encode()

    def seal(self, code: str, command_id: Any, *, tenant: str = "acme", user: str = "ann") -> SealedCode:  # noqa: ANN401 - a UUID
        """``code`` in a box for the command service."""
        info = sealing_info(Direction.PRESENTED, tenant, user, command_id)  # type: ignore[arg-type] # plain texts
        return SealedCode(kid=self.sealing_kid, box=b64(SUITE.encrypt(code.encode(), self.sealing_public, info=info)))


def gateway_of(secrets: Path) -> Gateway:
    """The gateway of a local stack."""
    jwk = json.loads((secrets / "issuer-private.jwk.json").read_text())
    sealing = json.loads((secrets / "sealing-public.json").read_text())
    return Gateway(
        signing=Ed25519PrivateKey.from_private_bytes(unb64(jwk["d"])),
        sealing_public=X25519PublicKey.from_public_bytes(unb64(sealing["x25519_public"])),
        issuer_kid=jwk["kid"],
        sealing_kid=sealing["kid"],
    )


@dataclass(frozen=True)
class ReplyKey:
    """The key pair that a requester makes for one command."""

    private: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)

    @property
    def public(self) -> str:
        return b64(self.private.public_key().public_bytes_raw())

    def open(self, sealed: SealedCode, command: Command) -> str:
        info = sealing_info(Direction.ISSUED, command.tenantid, command.subject, command.id)
        return SUITE.decrypt(unb64(sealed.box), self.private, info=info).decode()


def moved(signed: Signed, **changes: Any) -> Signed:  # noqa: ANN401 - any part
    """The same record with other parts."""
    return replace(signed, **changes)
