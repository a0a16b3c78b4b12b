"""Sealed boxes: how a recovery code travels without being readable on the way.

HPKE (RFC 9180) base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305. A presented code is
sealed to the command service's key, an issued one to the ``reply_key`` that the requester made for
this one command. ``info`` binds a box to its user and command: moved elsewhere it does not open.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from mfa_contracts.model import Frozen

if TYPE_CHECKING:
    from mfa_contracts.ids import CommandId, TenantId, UserId

KeyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
X25519Public = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""A raw 32-byte X25519 public key, base64url without padding."""

Ciphertext = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{64,512}$")]
"""HPKE's encapsulated key and ciphertext, base64url without padding."""


class Direction(StrEnum):
    """Which way a code travels: a box of one direction never opens as the other."""

    PRESENTED = "presented"
    ISSUED = "issued"


class SealedCode(Frozen):
    """A recovery code in a box that only the holder of key ``kid`` opens."""

    kid: KeyId
    box: Ciphertext


def sealing_info(direction: Direction, tenant: TenantId, user: UserId, command: CommandId) -> bytes:
    """The ``info`` of RFC 9180 for one code of one command: parts with lengths, so that none runs on."""
    parts = ("mfa-recovery-code/v1", direction.value, tenant, user, str(command))
    return b"".join(len(part.encode()).to_bytes(2, "big") + part.encode() for part in parts)
