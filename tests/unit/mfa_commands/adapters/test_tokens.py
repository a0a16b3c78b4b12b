"""A transaction token is good for one command, from one issuer, for a short time; anything else proves nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mfa_commands.adapters.tokens import TokenVerifier
from mfa_commands.errors import TokenError
from mfa_contracts.codec import encode
from mfa_contracts.tokens import digest_of
from support.commands import ISSUER, Gateway, b64, confirmed
from support.deciding import AT, InMemory, enroll

if TYPE_CHECKING:
    from mfa_commands.domain.facts import VerifiedActor

SERVICE = InMemory()
GATEWAY = SERVICE.gateway
COMMAND = enroll()
VALUE = encode(COMMAND)
ANN = confirmed("ann", AT)
CLAIMS = GATEWAY.claims(COMMAND, VALUE, ANN, AT)
VERIFIER = TokenVerifier({(ISSUER, GATEWAY.issuer_kid): SERVICE.issuer.public_key()})


def verify(token: bytes, at: float = AT) -> VerifiedActor:
    return VERIFIER.verify(token, COMMAND, digest_of(VALUE), datetime.fromtimestamp(at, UTC))


def refused(token: bytes, at: float = AT) -> str:
    with pytest.raises(TokenError) as caught:
        verify(token, at)
    return str(caught.value)


def takes(token: bytes) -> bool:
    try:
        verify(token)
    except TokenError:
        return False
    return True


def claimed(**changes: Any) -> bytes:  # noqa: ANN401 - any claim
    return GATEWAY.token({**CLAIMS, **changes})


def bound(**changes: str) -> bytes:
    return claimed(tctx={**CLAIMS["tctx"], **changes})


def test_a_right_token_says_who_asks_and_how_freshly_they_were_seen() -> None:
    actor = verify(claimed())

    seen = datetime.fromtimestamp(AT, UTC)
    assert (actor.actor.subject, actor.actor.issuer, actor.login) == ("ann", ISSUER, "login-1")
    assert (actor.first_factor_at, actor.second_factor_at) == (seen, seen)


# ---- bound to one command ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("action", "ResetMfa"),
        ("tenant", "evil"),
        ("target", "bob"),
        ("command_id", str(uuid4())),
        ("sha256", digest_of(VALUE + b" ")),
    ],
)
def test_a_token_for_another_command_is_refused_by_each_field_alone(name: str, other: str) -> None:
    assert f"`{name}`" in refused(bound(**{name: other}))


def test_a_token_for_other_bytes_is_refused() -> None:
    with pytest.raises(TokenError, match="sha256"):
        VERIFIER.verify(claimed(), COMMAND, digest_of(VALUE + b"\n"), datetime.fromtimestamp(AT, UTC))


# ---- signature -----------------------------------------------------------------------------------------------------


def test_a_token_without_an_algorithm_is_refused() -> None:
    head = b64(json.dumps({"alg": "none", "typ": "txntoken+jwt", "kid": GATEWAY.issuer_kid}).encode())
    body = b64(json.dumps(CLAIMS).encode())

    assert refused(f"{head}.{body}.".encode())
    assert refused(f"{head}.{body}.{'A' * 86}".encode())


def test_a_mac_made_with_the_public_key_is_no_signature() -> None:
    head = b64(json.dumps({"alg": "HS256", "typ": "txntoken+jwt", "kid": GATEWAY.issuer_kid}).encode())
    signed = f"{head}.{b64(json.dumps(CLAIMS).encode())}"
    public = SERVICE.issuer.public_key().public_bytes_raw()
    for name in ("sha256", "sha512"):
        mac = hmac.digest(public, signed.encode(), getattr(hashlib, name))
        refused(f"{signed}.{b64(mac)}".encode())
        refused(f"{signed}.{b64(mac.ljust(64, b'0')[:64])}".encode())


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "Ed448"},
        {"alg": "ES256"},
        {"alg": "eddsa"},
        {"typ": "JWT"},
        {"typ": "at+jwt"},
        {"kid": "another"},
        {"kid": ""},
        {"kid": 1},
        {"crit": ["exp"]},
        {"jwk": {"kty": "OKP"}},
        {"jku": "https://evil.test/keys"},
        {"b64": False},
    ],
)
def test_a_signed_token_with_another_header_is_refused(header: dict[str, Any]) -> None:
    refused(GATEWAY.token(CLAIMS, **header))


def test_a_token_signed_by_somebody_else_is_refused() -> None:
    forger = Gateway(Ed25519PrivateKey.generate(), SERVICE.box_key.public_key())

    assert "signature" in refused(forger.token(CLAIMS))


def test_a_known_key_id_of_another_issuer_is_refused() -> None:
    assert "issuer" in refused(claimed(iss="https://evil.test"))


def test_claims_that_were_changed_after_signing_are_refused() -> None:
    head, _, signature = claimed().split(b".")
    body = b64(json.dumps({**CLAIMS, "sub": "eve"}).encode()).encode()

    assert "signature" in refused(b".".join((head, body, signature)))


# ---- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [300, 301, 10_000])
def test_a_token_is_dead_from_its_expiry_on(late: int) -> None:
    refused(claimed(), AT + late)


def test_a_token_lives_until_its_expiry() -> None:
    verify(claimed(), AT + 299.999)


def test_no_token_lives_longer_than_fifteen_minutes_whatever_it_says() -> None:
    verify(claimed(exp=AT + 86_400), AT + 900)
    refused(claimed(exp=AT + 86_400), AT + 901)


def test_a_token_from_the_future_is_refused_beyond_a_minute() -> None:
    verify(claimed(iat=AT + 60))
    refused(claimed(iat=AT + 61))


@pytest.mark.parametrize("factor", ["first_factor_at", "second_factor_at"])
def test_a_factor_seen_after_the_token_was_made_is_refused(factor: str) -> None:
    refused(claimed(rctx={**CLAIMS["rctx"], factor: AT + 61}))


# ---- form ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["iss", "aud", "iat", "exp", "txn", "sub", "scope", "req_wl", "tctx", "rctx"])
def test_a_token_without_one_of_its_claims_is_refused(name: str) -> None:
    refused(GATEWAY.token({key: value for key, value in CLAIMS.items() if key != name}))


@pytest.mark.parametrize("aud", ["mfa-projections", ["mfa-commands"], "", None])
def test_a_token_for_another_audience_is_refused(aud: object) -> None:
    refused(claimed(aud=aud))


@pytest.mark.parametrize(
    "claims", [{"exp": "x"}, {"iat": 1e300}, {"exp": -1}, {"rctx": {"role": "root", "tenant": "a"}}]
)
def test_claims_that_make_no_sense_are_refused(claims: dict[str, Any]) -> None:
    refused(claimed(**claims))


def test_an_unknown_claim_is_passed_over() -> None:
    verify(claimed(jti="1"))


def test_a_token_that_is_too_long_is_refused() -> None:
    verify(claimed(jti="x" * 2048))
    refused(claimed(jti="x" * 4096))


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(token: bytes) -> None:
    refused(token)


def test_a_signature_has_one_spelling() -> None:
    token = claimed()
    symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    taken = [symbol for symbol in symbols if takes(token[:-1] + symbol.encode())]

    assert taken == [chr(token[-1])]


@given(st.integers(min_value=0), st.binary(min_size=1, max_size=3))
def test_no_changed_byte_gets_through(place: int, other: bytes) -> None:
    token = claimed()
    at = place % len(token)
    forged = token[:at] + other + token[at + len(other) :]
    if forged != token:
        refused(forged)


def test_a_refusal_quotes_nothing_of_the_token() -> None:
    told = refused(claimed(SECRETWORD=1, iss="SECRETWORD", rctx={"SECRETWORD": "SECRETWORD"}))

    assert "SECRETWORD" not in told
