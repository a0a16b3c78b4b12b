"""Keys, pepper and passwords of the local stack: made once, mode 0600, never committed.

For a demonstration on one machine only: a real installation brings its own from a vault.
"""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ISSUER: Final = "https://local.mfa.test"
_ISSUER_KID: Final = "local-issuer-1"
_SEALING_KID: Final = "local-sealing-1"
_PEPPER_ID: Final = "p1"
_PEPPER_BYTES: Final = 32
_PASSWORD_BYTES: Final = 24


def make_secrets(directory: Path, random: Callable[[int], bytes] = os.urandom) -> None:
    """Write what is missing and leave what is there.

    Files: ``issuer-private.jwk.json`` (JWK, RFC 8037, with ``kid``), ``issuers.jwks.json``
    (``{"issuers": [{"iss", "jwks": {"keys": [...]}}]}``), ``sealing-private.json`` (``{"kid", "x25519_private"}``),
    ``sealing-public.json`` (``{"kid", "x25519_public"}``), ``peppers.json`` (``{"current", "peppers": {id: value}}``)
    and ``postgres-password``. Binary values are base64url without padding.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    issuer = _once(directory / "issuer-private.jwk.json", _issuer(random))
    _once(directory / "issuers.jwks.json", _trusted(json.loads(issuer)))
    sealing = _once(directory / "sealing-private.json", _sealing(random))
    _once(directory / "sealing-public.json", _sealing_public(json.loads(sealing)))
    _once(directory / "peppers.json", _peppers(random))
    _once(directory / "postgres-password", _base64url(random(_PASSWORD_BYTES)))


def postgres_password(directory: Path) -> str:
    """The password of the local PostgreSQL."""
    return (directory / "postgres-password").read_text(encoding="utf-8").strip()


def _issuer(random: Callable[[int], bytes]) -> str:
    seed = random(32)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    shared = {"kty": "OKP", "crv": "Ed25519", "kid": _ISSUER_KID, "alg": "EdDSA", "use": "sig"}
    return _json({**shared, "x": _base64url(public), "d": _base64url(seed)})


def _trusted(issuer: Mapping[str, str]) -> str:
    public = {name: value for name, value in issuer.items() if name != "d"}
    return _json({"issuers": [{"iss": ISSUER, "jwks": {"keys": [public]}}]})


def _sealing(random: Callable[[int], bytes]) -> str:
    return _json({"kid": _SEALING_KID, "x25519_private": _base64url(random(32))})


def _sealing_public(sealing: Mapping[str, str]) -> str:
    private = base64.urlsafe_b64decode(sealing["x25519_private"] + "=")
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return _json({"kid": sealing["kid"], "x25519_public": _base64url(public)})


def _peppers(random: Callable[[int], bytes]) -> str:
    return _json({"current": _PEPPER_ID, "peppers": {_PEPPER_ID: _base64url(random(_PEPPER_BYTES))}})


def _once(file: Path, text: str) -> str:
    """The text of the file, which is ``text`` if it was not there before."""
    if not file.exists():
        _write(file, text)
    return file.read_text(encoding="utf-8")


def _write(file: Path, text: str) -> None:
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
        sink.write(text)
    fresh.rename(file)


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=2) + "\n"


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
