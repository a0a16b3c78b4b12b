"""Key files are read strictly: missing, short or open to others, the service does not start and names the file."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mfa_commands.adapters.keys import ISSUERS, PEPPERS, SEALING, load_keys
from mfa_commands.errors import SecretError
from mfa_local.secrets import ISSUER, make_secrets
from support.commands import b64

if TYPE_CHECKING:
    from pathlib import Path

FILES = (ISSUERS, SEALING, PEPPERS)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    make_secrets(tmp_path)
    return tmp_path


def rewritten(file: Path, **changes: Any) -> None:  # noqa: ANN401 - any JSON
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def refused(place: Path) -> str:
    with pytest.raises(SecretError) as raised:
        load_keys(place)
    return str(raised.value)


def test_the_files_of_the_local_stack_are_taken(place: Path) -> None:
    keys = load_keys(place)

    assert list(keys.issuers) == [(ISSUER, "local-issuer-1")]
    assert (list(keys.sealing), keys.peppers.current) == (["local-sealing-1"], "p1")


def test_no_key_is_in_the_repr(place: Path) -> None:
    keys = load_keys(place)
    pepper = json.loads((place / PEPPERS).read_text())["peppers"]["p1"]

    assert pepper not in repr(keys)
    assert str(keys.peppers.by_id["p1"]) not in repr(keys)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_its_setting(place: Path, name: str) -> None:
    (place / name).unlink()

    assert f"MFA_SECRETS_DIR/{name}" in refused(place)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b"{"])
def test_a_file_of_another_form_is_named(place: Path, name: str, content: bytes) -> None:
    (place / name).write_bytes(content)

    assert name in refused(place)


@pytest.mark.parametrize("name", [SEALING, PEPPERS])
@pytest.mark.parametrize("mode", [0o604, 0o602, 0o620, 0o644])
def test_a_secret_that_is_open_to_others_is_refused(place: Path, name: str, mode: int) -> None:
    (place / name).chmod(mode)

    assert "chmod 600" in refused(place)


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_a_list_of_trusted_issuers_that_others_can_change_is_refused(place: Path, mode: int) -> None:
    (place / ISSUERS).chmod(mode)

    assert ISSUERS in refused(place)


def test_a_list_of_trusted_issuers_may_be_read_by_others(place: Path) -> None:
    (place / ISSUERS).chmod(0o644)

    assert load_keys(place).issuers


@pytest.mark.parametrize("value", [b64(os.urandom(31)), b64(os.urandom(33)), "", "!" * 43, b64(os.urandom(32)) + "="])
def test_a_pepper_or_key_of_another_length_is_refused_and_not_quoted(place: Path, value: str) -> None:
    rewritten(place / PEPPERS, peppers={"p1": value})
    told = refused(place)
    assert "32 bytes" in told
    assert not value or value not in told

    make_secrets(place)
    rewritten(place / PEPPERS, peppers={"p1": b64(os.urandom(32))})
    rewritten(place / SEALING, x25519_private=value)
    assert SEALING in refused(place)


def test_a_current_pepper_that_is_not_there_is_refused(place: Path) -> None:
    rewritten(place / PEPPERS, current="p2")

    assert "current" in refused(place)


def jwk(**changes: str) -> dict[str, str]:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": b64(public), **changes}


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [jwk(kid="")],
        [jwk(x="AAAA")],
        [jwk(crv="X25519")],
        [jwk(kty="oct", k="AAAA")],
        [jwk(use="enc")],
        [jwk(alg="ES256")],
        [jwk(d=b64(os.urandom(32)))],
        [jwk(), jwk()],
    ],
)
def test_a_trusted_key_must_be_a_public_ed25519_key_with_an_id_of_its_own(
    place: Path, keys: list[dict[str, str]]
) -> None:
    (place / ISSUERS).write_text(json.dumps({"issuers": [{"iss": ISSUER, "jwks": {"keys": keys}}]}))

    assert ISSUERS in refused(place)
