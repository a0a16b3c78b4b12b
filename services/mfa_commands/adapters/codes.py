"""Recovery codes: the only module that opens boxes and compares codes.

Boxes are HPKE (RFC 9180; ``mfa_contracts.sealing`` names the suite). Stored is an HMAC-SHA-256 under a pepper, as
NIST SP 800-63B-4 §3.1.1.2 asks; a keyed fast hash is enough for a code of 115 bits (§3.1.2.2).
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from mfa_commands.errors import ReplyKeyError, UnknownPepperError
from mfa_commands.handling.ports import Minted
from mfa_contracts.fact_parts import IssuedCode, Verifier
from mfa_contracts.ids import CodeId
from mfa_contracts.recovery_code import new_code, normalised
from mfa_contracts.sealing import Direction, SealedCode, sealing_info

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from mfa_commands.adapters.keys import Peppers
    from mfa_commands.domain.state import LiveCode
    from mfa_contracts.ids import CommandId, TenantId, UserId

REPLY_KID: Final = "reply"
"""The key id in the box of an issued code: the one reply key of that command."""

SALT_BYTES: Final = 16
_CODE_ID_BYTES: Final = 10
_LABEL: Final = b"mfa-rc/v1"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class Randomness:
    """Where codes, ids and salts come from: ``secrets.randbelow`` and ``secrets.token_bytes`` outside of tests."""

    below: Callable[[int], int]
    octets: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Opens, recognises, mints and seals recovery codes."""

    sealing: Mapping[str, X25519PrivateKey]
    peppers: Peppers
    randomness: Randomness

    def opened(self, sealed: SealedCode, tenant: TenantId, user: UserId, command: CommandId) -> str | None:
        """The 24 symbols in a presented box; None when it does not open here, or holds no code."""
        key = self.sealing.get(sealed.kid)
        if key is None:
            return None
        info = sealing_info(Direction.PRESENTED, tenant, user, command)
        try:
            plain = _SUITE.decrypt(_decoded(sealed.box), key, info=info)
        # ValueError: a box of impossible length, a low-order encapsulated key, or text that is no UTF-8.
        except (InvalidTag, ValueError):
            return None
        return normalised(plain.decode("ascii", errors="replace"))

    def recognises(self, code: str, live: LiveCode, tenant: TenantId, user: UserId) -> bool:
        """Whether ``code`` is the one in force; the time taken does not depend on the code.

        Raises:
            UnknownPepperError: the code in force was made with a pepper that is not among ours.
        """
        pepper = self.peppers.by_id.get(live.pepper_id)
        if pepper is None:
            raise UnknownPepperError(
                f"expected a pepper of this service, got a code made with pepper `{live.pepper_id}`; "
                "put that pepper back into peppers.json"
            )
        tag = _tag(pepper, tenant, user, live.code_id, live.salt, code)
        return hmac.compare_digest(tag, live.tag)

    def minted(self, tenant: TenantId, user: UserId) -> Minted:
        """A fresh code and how it will be recognised."""
        code = new_code(self.randomness.below)
        code_id = CodeId("rc_" + base64.b32encode(self.randomness.octets(_CODE_ID_BYTES)).decode().lower())
        salt = self.randomness.octets(SALT_BYTES)
        tag = _tag(self.peppers.by_id[self.peppers.current], tenant, user, code_id, salt, code)
        verifier = Verifier(
            scheme="hmac-sha-256/v1", pepper_id=self.peppers.current, salt=_encoded(salt), tag=_encoded(tag)
        )
        return Minted(code, IssuedCode(code_id=code_id, verifier=verifier))

    def sealed(self, code: str, reply_key: str, tenant: TenantId, user: UserId, command: CommandId) -> SealedCode:
        """``code`` in a box for the holder of ``reply_key``, bound to this command.

        Raises:
            ReplyKeyError: no box can be sealed to that key.
        """
        info = sealing_info(Direction.ISSUED, tenant, user, command)
        try:
            box = _SUITE.encrypt(code.encode(), X25519PublicKey.from_public_bytes(_decoded(reply_key)), info=info)
        except ValueError:
            raise ReplyKeyError("expected a reply key that is a point of Curve25519; make a fresh key pair") from None
        return SealedCode(kid=REPLY_KID, box=_encoded(box))

    def takes(self, reply_key: str) -> bool:
        """Whether a box can be sealed to this key; asked before anything is decided, as a code is minted only once."""
        point = bytearray(_decoded(reply_key))
        point[-1] &= 0x7F  # RFC 7748 §5: the top bit is ignored
        return bytes(point) not in _LOW_ORDER


_PRIME: Final = 2**255 - 19
_ORDER_EIGHT: Final = (
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
)
_LOW_ORDER: Final = frozenset(
    [number.to_bytes(32, "little") for number in (0, 1, _PRIME - 1, _PRIME, _PRIME + 1)]
    + [bytes.fromhex(point) for point in _ORDER_EIGHT]
)
"""All points of small order on Curve25519 and its twist: the shared secret would be zero whatever our key is."""


def _tag(pepper: bytes, tenant: TenantId, user: UserId, code_id: CodeId, salt: bytes, code: str) -> bytes:  # noqa: PLR0913, PLR0917 - the parts of the formula
    parts = (_LABEL, tenant.encode(), user.encode(), code_id.encode(), salt, code.encode())
    return hmac.digest(pepper, b"".join(len(part).to_bytes(2, "big") + part for part in parts), "sha256")


def _decoded(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "==")


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
