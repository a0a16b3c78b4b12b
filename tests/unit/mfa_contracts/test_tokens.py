"""The claims of a transaction token: bound to exact bytes, bounded in time, open to claims that others add."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mfa_contracts.tokens import TokenClaims, digest_of
from support.golden import golden_bytes

CLAIMS: Final[dict[str, Any]] = json.loads(golden_bytes("mfa.token.TransactionToken.v1"))


def test_a_claim_that_we_do_not_know_is_ignored() -> None:
    assert TokenClaims.model_validate({**CLAIMS, "acr": "urn:any"}) == TokenClaims.model_validate(CLAIMS)


@pytest.mark.parametrize("context", ["tctx", "rctx"])
def test_an_unknown_field_in_our_own_contexts_is_refused(context: str) -> None:
    with pytest.raises(ValidationError):
        TokenClaims.model_validate({**CLAIMS, context: {**CLAIMS[context], "sudo": True}})


@pytest.mark.parametrize("claim", ["iss", "iat", "exp", "txn", "sub", "scope", "req_wl", "tctx", "rctx"])
def test_no_claim_may_be_missing(claim: str) -> None:
    with pytest.raises(ValidationError):
        TokenClaims.model_validate({name: value for name, value in CLAIMS.items() if name != claim})


def test_a_token_for_another_audience_is_refused() -> None:
    with pytest.raises(ValidationError):
        TokenClaims.model_validate({**CLAIMS, "aud": "payments"})


@pytest.mark.parametrize("time", [-1, 0, 946_684_799, 7_258_118_400, 2**63, 1.5, None])
def test_absurd_times_are_refused(time: object) -> None:
    with pytest.raises(ValidationError):
        TokenClaims.model_validate({**CLAIMS, "iat": time})


@given(st.binary())
def test_the_digest_is_sha_256_of_the_exact_bytes_in_hex(value: bytes) -> None:
    assert bytes.fromhex(digest_of(value)) == sha256(value).digest()


@pytest.mark.parametrize("digest", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 64 + "\n"])
def test_a_digest_of_another_form_is_refused(digest: str) -> None:
    with pytest.raises(ValidationError):
        TokenClaims.model_validate({**CLAIMS, "tctx": {**CLAIMS["tctx"], "sha256": digest}})
