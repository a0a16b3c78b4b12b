"""A token proves who asks for exactly these bytes, and says no more than the caller has seen."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from mfa_client import (
    AdminActor,
    BadCommandError,
    ClientSettings,
    LocalSigner,
    MfaClient,
    NotSentError,
    OutcomeUnknownError,
    ServiceKey,
    SupportActor,
    UserActor,
)
from mfa_client.answers import Answers
from mfa_client.sending import Exchange
from mfa_client.signing import LIFE_SECONDS
from mfa_contracts import topics
from mfa_contracts.tokens import TOKEN_HEADER, TokenClaims, TokenContext
from mfa_contracts.vocabulary import Method, ResetReason, Role
from support.commands import unb64
from unit.mfa_client.desk import NOON, SERVICE, Wire, client

if TYPE_CHECKING:
    from mfa_client.actors import Actor

KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"}, private=True)
SIGNER = LocalSigner("https://issuer.test", KEY, "login-service", lambda: NOON)
ANN = UserActor("acme", "ann", "login-1", NOON, NOON + timedelta(minutes=1))
CONTEXT = TokenContext.model_validate(
    {
        "action": "ResetMfa",
        "tenant": "acme",
        "target": "ann",
        "command_id": "00000000-0000-4000-8000-000000000001",
        "sha256": "0" * 64,
    }
)


def claims(token: bytes) -> TokenClaims:
    """The claims, once the signature is good."""
    head, body, signature = token.split(b".")
    public = Ed25519PublicKey.from_public_bytes(unb64(str(KEY.as_dict(private=False)["x"])))
    public.verify(unb64(signature.decode()), head + b"." + body)
    return TokenClaims.model_validate_json(unb64(body.decode()))


async def test_a_sent_token_is_bound_to_the_exact_bytes_beside_it() -> None:
    wire = Wire()
    async with client(wire, deadline_seconds=0.05) as mfa:
        with pytest.raises(OutcomeUnknownError) as caught:
            await mfa.reset_mfa("acme", "ann", actor=AdminActor("acme", "bob"), reason=ResetReason.LOST_DEVICE)

    (sent,) = wire.sent
    ((name, token),) = sent.headers
    body = TokenClaims.model_validate_json(unb64(token.split(b".")[1].decode())).tctx
    assert name == TOKEN_HEADER
    assert (body.action, body.tenant, body.target) == ("ResetMfa", "acme", "ann")
    assert (body.command_id, body.sha256) == (caught.value.prepared.command_id, hashlib.sha256(sent.value).hexdigest())


@pytest.mark.parametrize(
    ("actor", "role", "subject"),
    [
        (ANN, Role.USER, "ann"),
        (AdminActor("acme", "bob"), Role.TENANT_ADMIN, "bob"),
        (SupportActor("helpdesk", "sue"), Role.SUPPORT, "sue"),
    ],
)
async def test_a_token_says_who_acts_in_which_role_and_tenant(actor: Actor, role: Role, subject: str) -> None:
    said = claims(await SIGNER.token(actor, CONTEXT))

    assert (said.rctx.role, said.rctx.tenant, said.sub) == (role, actor.tenant, subject)
    assert (said.tctx, said.req_wl) == (CONTEXT, "login-service")


async def test_a_token_lives_five_minutes() -> None:
    said = claims(await SIGNER.token(ANN, CONTEXT))

    assert (said.iat, said.exp) == (int(NOON.timestamp()), int(NOON.timestamp()) + LIFE_SECONDS)


async def test_the_times_of_both_factors_are_told() -> None:
    said = claims(await SIGNER.token(ANN, CONTEXT)).rctx

    assert (said.first_factor_at, said.second_factor_at) == (int(NOON.timestamp()), int(NOON.timestamp()) + 60)


@pytest.mark.parametrize(
    ("actor", "field"),
    [
        (replace(ANN, first_factor_at=NOON.replace(tzinfo=None)), "first_factor_at"),
        (replace(ANN, second_factor_at=NOON.replace(tzinfo=None)), "second_factor_at"),
    ],
)
async def test_a_time_without_an_offset_is_not_guessed_at(actor: UserActor, field: str) -> None:
    async with client(Wire()) as mfa:
        with pytest.raises(BadCommandError, match=f"{field}: expected a time with an offset"):
            await mfa.enroll("acme", "ann", actor=actor, method=Method.PUSH)


class SilentSigner:
    """A gateway that is away."""

    async def token(self, actor: Actor, context: TokenContext) -> bytes:
        del actor, context
        await asyncio.Event().wait()
        return b""


async def test_a_signer_that_says_nothing_is_given_up_and_nothing_is_sent() -> None:
    wire = Wire()
    settings = ClientSettings("127.0.0.1:1", ServiceKey("s1", SERVICE.public_key()), "tests", deadline_seconds=0.05)
    exchange = Exchange(wire, Answers(wire, topics.OUTCOMES))
    async with MfaClient(settings, SilentSigner(), exchange) as mfa, asyncio.timeout(5):
        with pytest.raises(NotSentError, match=r"expected a token from the signer within 0\.05 s"):
            await mfa.enroll("acme", "ann", actor=ANN, method=Method.PUSH)

    assert not wire.sent


async def test_a_private_key_is_in_no_repr() -> None:
    assert str(KEY.as_dict(private=True)["d"]) not in repr(SIGNER)


@given(st.text(min_size=1, max_size=30), st.characters(categories=["Cs"]))
def test_text_that_utf8_cannot_carry_is_said_and_not_quoted(code: str, half: str) -> None:
    canary = f"canary-{code}"

    async def ask() -> str:
        async with client(Wire(), deadline_seconds=0.05) as mfa:
            with pytest.raises(BadCommandError) as caught:
                await mfa.redeem_recovery_code("acme", "ann", canary + half, actor=ANN)
        return str(caught.value)

    with asyncio.Runner() as runner:
        assert canary not in runner.run(ask())


async def test_now_is_utc_wherever_the_machine_stands() -> None:
    east = datetime.fromtimestamp(NOON.timestamp(), UTC).astimezone(tz=None)
    moved = claims(await replace(SIGNER, now=lambda: east).token(ANN, CONTEXT))

    assert moved.iat == int(NOON.timestamp())
