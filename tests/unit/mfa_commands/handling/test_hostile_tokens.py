"""A good body beside a hostile token: answered like any other bad record, and nothing of the token comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mfa_commands.handling.admission import NotAdmitted
from mfa_commands.handling.answers import turned_away
from mfa_contracts.codec import encode
from mfa_contracts.ids import CommandId
from mfa_contracts.tokens import TOKEN_HEADER, RequesterContext, TokenClaims, TokenContext
from mfa_contracts.vocabulary import OutcomeCode
from support.commands import Gateway, logged_in
from support.deciding import AT, NOW, Answered, InMemory, changed, enroll

if TYPE_CHECKING:
    from exactly_once.records import Record

SERVICE = InMemory()
FORGER = Gateway(Ed25519PrivateKey.generate(), SERVICE.box_key.public_key())
WORD = "SECRETWORD"

PLACES = (
    [("", name) for name in TokenClaims.model_fields]
    + [("tctx", name) for name in TokenContext.model_fields]
    + [("rctx", name) for name in RequesterContext.model_fields]
)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(10**30), 10**30) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
names = st.text(st.characters(), max_size=20)
odd_names = names.map(lambda name: f"{WORD}\n\x1b\u202e{name}")


def record(signer: Gateway, place: str, said: dict[str, Any]) -> Record:
    """A good command whose token says this at this place, signed by ``signer``."""
    command = enroll()
    claims = SERVICE.gateway.claims(command, encode(command), logged_in("ann", AT), AT)
    # A claim that is no object any more stays what it is.
    changes = {place: {**claims[place], **said}} if place else said
    good = SERVICE.record(SERVICE.gateway.send(command, logged_in("ann", AT), AT))
    return changed(good, value=encode(command), headers=((TOKEN_HEADER, signer.token({**claims, **changes})),))


async def told(signer: Gateway, place: str, said: dict[str, Any]) -> tuple[str, Answered]:
    answered = await InMemory(SERVICE.issuer, SERVICE.box_key).handle(record(signer, place, said))
    (letter,) = answered.dead_letters
    return letter.reason, answered


@pytest.mark.parametrize("place", ["", "tctx", "rctx"])
@pytest.mark.parametrize("name", [WORD, f"{WORD}\nlevel=error", f"\x1b[2J{WORD}", WORD * 100, "\ud800" + WORD])
async def test_the_name_of_an_unsigned_claim_comes_back_nowhere(place: str, name: str) -> None:
    _, answered = await told(FORGER, place, {name: 1})

    assert (answered.dead_letters[0].code, WORD.encode() in answered.everything) == ("token_invalid", False)


@pytest.mark.parametrize(("place", "name"), PLACES)
async def test_claims_are_not_read_before_somebody_trusted_is_known_to_have_signed_them(place: str, name: str) -> None:
    reason, _ = await told(FORGER, place, {name: object_that_fits_nothing()})

    assert "signature" in reason


@pytest.mark.parametrize(("place", "name"), PLACES)
async def test_a_signed_claim_that_makes_no_sense_is_named(place: str, name: str) -> None:
    reason, _ = await told(SERVICE.gateway, place, {name: object_that_fits_nothing()})

    assert f"`{place}.{name}`".replace("`.", "`") in reason


@pytest.mark.parametrize("place", ["tctx", "rctx"])
async def test_an_unknown_field_of_a_signed_claim_is_refused_and_not_named(place: str) -> None:
    reason, answered = await told(SERVICE.gateway, place, {WORD: 1})

    assert ("`form`" in reason, WORD.encode() in answered.everything) == (True, False)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["", "tctx", "rctx"]), st.dictionaries(odd_names | names, anything, min_size=1, max_size=3))
async def test_no_names_and_values_of_unsigned_claims_raise_or_come_back(place: str, said: dict[str, Any]) -> None:
    reason, answered = await told(FORGER, place, said)

    assert (reason, WORD.encode() in answered.everything) == (
        "expected a signature by the key of a trusted issuer",
        False,
    )


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PLACES), anything)
async def test_no_value_of_a_signed_claim_raises(place: tuple[str, str], value: object) -> None:
    answered = await InMemory(SERVICE.issuer, SERVICE.box_key).handle(
        record(SERVICE.gateway, place[0], {place[1]: value})
    )

    assert len(answered.outcomes) == 1


@given(st.text(st.characters(exclude_categories=()), max_size=600))
def test_no_reason_makes_an_answer_that_cannot_be_written(reason: str) -> None:
    command = CommandId(enroll().id)
    refusal = NotAdmitted(OutcomeCode.TOKEN_INVALID, reason, command)

    assert len(list(turned_away(record(FORGER, "", {}), refusal, NOW))) == 2


def object_that_fits_nothing() -> list[int]:
    return [1]
