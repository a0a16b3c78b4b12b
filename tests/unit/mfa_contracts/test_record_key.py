"""The record key ``tenant/user``: what goes in comes out, and nothing else is taken."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa_contracts.errors import BadKeyError
from mfa_contracts.ids import TenantId, UserId, record_key, split_key

TENANTS: Final = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True).map(TenantId)
USERS: Final = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=128).map(UserId)


@given(TENANTS, USERS)
def test_a_key_splits_into_what_it_was_made_of(tenant: TenantId, user: UserId) -> None:
    assert split_key(record_key(tenant, user)) == (tenant, user)


@given(TENANTS, USERS, TENANTS, USERS)
def test_two_users_never_share_a_key(tenant: TenantId, user: UserId, other: TenantId, another: UserId) -> None:
    assert (record_key(tenant, user) == record_key(other, another)) == ((tenant, user) == (other, another))


def test_only_the_first_slash_splits() -> None:
    assert split_key(b"acme/team/ann") == ("acme", "team/ann")


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"acme",
        b"/ann",
        b"acme/",
        b"Acme/ann",
        b"-acme/ann",
        b"ac me/ann",
        b"a" * 64 + b"/ann",
        b"acme/" + b"a" * 129,
        b"acme/ann\n",
        b"acme\n/ann",
        b"acme/an\x00n",
        b"acme/an\x7fn",
        "acme/änn".encode(),
        b"acme/\xff",
        b"#partition",
    ],
)
def test_what_is_not_tenant_and_user_is_refused(key: bytes) -> None:
    with pytest.raises(BadKeyError):
        split_key(key)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_key_or_refused_and_a_key_is_the_same_bytes_again(key: bytes) -> None:
    try:
        tenant, user = split_key(key)
    except BadKeyError:
        return
    assert record_key(tenant, user) == key


def test_the_refusal_does_not_quote_the_key() -> None:
    with pytest.raises(BadKeyError) as refusal:
        split_key(b"Canary4711/ann")

    assert "Canary4711" not in str(refusal.value)
