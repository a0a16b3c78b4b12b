"""The keys that the service lives on: whom it trusts, which boxes it opens, under which pepper it recognises codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from mfa_commands.adapters.key_files import key_bytes, read_public, read_secret
from mfa_commands.errors import SecretError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ISSUERS: Final = "issuers.jwks.json"
SEALING: Final = "sealing-private.json"
PEPPERS: Final = "peppers.json"

_SIGNING: Final = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}

IssuerKey = tuple[str, str]
"""Issuer and key id."""


@dataclass(frozen=True, slots=True)
class Peppers:
    """Peppers by id; new codes are made with ``current``, older ones only recognise."""

    current: str
    by_id: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys, none of them in the repr."""

    issuers: Mapping[IssuerKey, Ed25519PublicKey] = field(repr=False)
    sealing: Mapping[str, X25519PrivateKey] = field(repr=False)
    peppers: Peppers = field(repr=False)


class _KeySet(msgspec.Struct, frozen=True):
    keys: tuple[dict[str, str], ...]


class _Issuer(msgspec.Struct, frozen=True):
    iss: str
    jwks: _KeySet


class _Issuers(msgspec.Struct, frozen=True):
    issuers: tuple[_Issuer, ...]


class _Sealing(msgspec.Struct, frozen=True):
    kid: str
    x25519_private: str


class _Peppers(msgspec.Struct, frozen=True):
    current: str
    peppers: dict[str, str]


def load_keys(directory: Path) -> Keys:
    """The keys in ``directory``: ``issuers.jwks.json``, ``sealing-private.json`` and ``peppers.json``.

    Raises:
        SecretError: a file is missing, too short, of another form, or open to others.
    """
    return Keys(issuers=_issuers(directory), sealing=_sealing(directory), peppers=_peppers(directory))


def _issuers(directory: Path) -> Mapping[IssuerKey, Ed25519PublicKey]:
    read = read_public(directory, ISSUERS, _Issuers)
    pairs = [pair for issuer in read.issuers for pair in _keys_of(issuer)]
    keys = dict(pairs)
    if not keys or len(keys) != len(pairs):
        raise SecretError(f"{ISSUERS}: expected at least one key, and no key id twice for one issuer")
    return keys


def _keys_of(issuer: _Issuer) -> Iterator[tuple[IssuerKey, Ed25519PublicKey]]:
    for jwk in issuer.jwks.keys:
        if "d" in jwk:
            raise SecretError(
                f"{ISSUERS}: expected public keys only, got a private one; take `d` out and replace that key"
            )
        yield (issuer.iss, jwk.get("kid", "")), _public_key(jwk)


def _public_key(jwk: dict[str, str]) -> Ed25519PublicKey:
    try:
        key = OKPKey.import_key(dict(jwk)).public_key
    except (JoseError, ValueError, KeyError):
        key = None
    # The library takes `x` for what the caller says it is: it reads neither `kty`, `use` nor `alg`.
    as_said = all(jwk.get(name, wanted) == wanted for name, wanted in _SIGNING.items()) and "kty" in jwk
    if not isinstance(key, Ed25519PublicKey) or not as_said or not jwk.get("kid"):
        raise SecretError(f"{ISSUERS}: expected Ed25519 keys (RFC 8037: kty OKP, crv Ed25519) with a `kid`")
    return key


def _sealing(directory: Path) -> Mapping[str, X25519PrivateKey]:
    read = read_secret(directory, SEALING, _Sealing)
    return {read.kid: X25519PrivateKey.from_private_bytes(key_bytes(SEALING, read.x25519_private))}


def _peppers(directory: Path) -> Peppers:
    read = read_secret(directory, PEPPERS, _Peppers)
    if read.current not in read.peppers:
        raise SecretError(f"{PEPPERS}: expected `current` to name one of the peppers")
    return Peppers(read.current, {name: key_bytes(PEPPERS, value) for name, value in read.peppers.items()})
