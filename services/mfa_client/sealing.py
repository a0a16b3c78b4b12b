"""Boxes for recovery codes: presented ones sealed to the service, issued ones opened with a key made for one command.

HPKE (RFC 9180); ``mfa_contracts.sealing`` names the suite and what a box is bound to.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from mfa_client.errors import ForeignOutcomeError, SettingError
from mfa_contracts.recovery_code import shown
from mfa_contracts.sealing import Direction, SealedCode, sealing_info

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_contracts.ids import CommandId, TenantId, UserId

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """A code in the clear: 24 symbols; only ``symbols`` and ``shown`` give it away."""

    symbols: str = field(repr=False)

    def shown(self) -> str:
        """In groups of four, as a user writes it down."""
        return shown(self.symbols)


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """The command service's public sealing key."""

    kid: str
    key: X25519PublicKey = field(repr=False)

    def sealed(self, code: str, tenant: TenantId, user: UserId, command: CommandId) -> SealedCode:
        """A code in a box that only the command service opens, for this command only."""
        info = sealing_info(Direction.PRESENTED, tenant, user, command)
        return SealedCode(kid=self.kid, box=_encoded(_SUITE.encrypt(code.encode(), self.key, info=info)))


@dataclass(frozen=True, slots=True)
class ReplyKey:
    """A key pair for the answer to one command."""

    private: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate, repr=False)

    @property
    def public(self) -> str:
        """As the command carries it: base64url without padding."""
        return _encoded(self.private.public_key().public_bytes_raw())

    def opened(self, sealed: SealedCode, tenant: TenantId, user: UserId, command: CommandId) -> RecoveryCode:
        """The code in a box.

        Raises:
            ForeignOutcomeError: the box is another command's or another sender's.
        """
        info = sealing_info(Direction.ISSUED, tenant, user, command)
        try:
            return RecoveryCode(_SUITE.decrypt(_decoded(sealed.box), self.private, info=info).decode("ascii"))
        except (InvalidTag, ValueError):
            told = "expected a recovery code sealed to this command's reply key, got a box that does not open"
            raise ForeignOutcomeError(told) from None


def read_service_key(file: Path) -> ServiceKey:
    """Read the service's public key: JSON with ``kid`` and ``x25519_public`` (base64url of 32 bytes).

    Raises:
        SettingError: the file is missing or of another form.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return ServiceKey(content["kid"], X25519PublicKey.from_public_bytes(_decoded(content["x25519_public"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        told = f"{file.name}: expected JSON with `kid` and `x25519_public`, got {type(error).__name__}"
        raise SettingError(told) from None


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decoded(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "==")
