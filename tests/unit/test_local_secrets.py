"""The local keys: made once, for the owner's eyes alone, and each public half fits its private one."""

from __future__ import annotations

import base64
import json
import stat
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from mfa_local.secrets import make_secrets, postgres_password

if TYPE_CHECKING:
    from pathlib import Path


def test_every_secret_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "secrets").iterdir()}

    assert (stat.S_IMODE((tmp_path / "secrets").stat().st_mode), modes) == (0o700, {0o600})


def test_a_second_start_keeps_every_secret(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    before = _texts(tmp_path)
    make_secrets(tmp_path)

    assert _texts(tmp_path) == before


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    make_secrets(tmp_path / "a")
    make_secrets(tmp_path / "b")

    assert set(_texts(tmp_path / "a").values()) & set(_texts(tmp_path / "b").values()) == set()


def test_a_lost_public_file_is_made_again_from_its_private_one(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    before = _texts(tmp_path)
    (tmp_path / "sealing-public.json").unlink()
    make_secrets(tmp_path)

    assert _texts(tmp_path) == before


def test_the_trusted_issuer_is_the_one_that_signs(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    private, trusted = _json(tmp_path / "issuer-private.jwk.json"), _json(tmp_path / "issuers.jwks.json")
    public = Ed25519PrivateKey.from_private_bytes(_bytes(private["d"])).public_key().public_bytes_raw()
    (key,) = trusted["issuers"][0]["jwks"]["keys"]

    assert (_bytes(key["x"]), key["kid"], "d" in key) == (public, private["kid"], False)


def test_what_is_sealed_to_the_public_key_can_be_opened_with_the_private_one(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    private, public = _json(tmp_path / "sealing-private.json"), _json(tmp_path / "sealing-public.json")
    derived = X25519PrivateKey.from_private_bytes(_bytes(private["x25519_private"])).public_key().public_bytes_raw()

    assert public == {"kid": private["kid"], "x25519_public": base64.urlsafe_b64encode(derived).decode().rstrip("=")}


def test_the_current_pepper_is_there_and_256_bits_long(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    peppers = _json(tmp_path / "peppers.json")

    assert len(_bytes(peppers["peppers"][peppers["current"]])) == 32


def test_the_databases_password_has_192_bits(tmp_path: Path) -> None:
    make_secrets(tmp_path)

    assert len(_bytes(postgres_password(tmp_path))) == 24


def _texts(directory: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in directory.iterdir()}


def _json(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text()))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
