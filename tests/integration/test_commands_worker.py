"""The command worker as a process, on the real servers: what it appends, what it answers, what it refuses."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

import pytest

from mfa_commands.domain.evolve import evolve
from mfa_commands.domain.packed import unpack
from mfa_commands.domain.state import INITIAL
from mfa_contracts import topics
from mfa_contracts.outcomes import Accepted
from support.backends import unique
from support.commands import Person, ReplyKey, Signed, gateway_of, logged_in, moved
from support.deciding import enroll, redeem
from support.posting import posting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mfa_contracts.commands import EnrollCommand
    from mfa_contracts.outcomes import Outcome
    from mfa_contracts.sealing import SealedCode
    from mfa_local.connection import Connection
    from support.commands import Gateway
    from support.posting import Post


@pytest.fixture
async def post(workers: Connection) -> AsyncIterator[Post]:
    async with posting(workers.kafka_bootstrap) as post:
        yield post


@pytest.fixture
def gateway(workers: Connection) -> Gateway:
    return gateway_of(workers.secrets_dir)


@pytest.fixture
def tenant() -> str:
    return unique("t-")


def signed_by(gateway: Gateway, command: EnrollCommand) -> Signed:
    now = int(time.time())
    return gateway.send(command, person(command.subject, command.tenantid, now), now)


def person(user: str, tenant: str, now: int) -> Person:
    return replace(logged_in(user, now), tenant=tenant)


async def test_a_code_is_issued_redeemed_and_replaced(post: Post, gateway: Gateway, tenant: str) -> None:
    reply, again, now = ReplyKey(), ReplyKey(), int(time.time())
    first = enroll(tenant=tenant, reply_key=reply.public)
    await post.put(signed_by(gateway, first))
    code = reply.open(sealed(await post.answers(first.id)), first)
    second = redeem(gateway, code, "ann", again, tenant=tenant)
    await post.put(gateway.send(second, person("ann", tenant, now), now))
    new = again.open(sealed(await post.answers(second.id)), second)

    facts = [type(event.data).__name__ for event in await post.events(tenant)]
    assert facts[-1] == "RecoveryCodeRedeemed"
    assert new != code


async def test_state_is_the_fold_of_the_events_byte_for_byte(post: Post, gateway: Gateway, tenant: str) -> None:
    commands = [enroll(tenant=tenant, enrollment=f"dev_{number}") for number in range(3)]
    for command in commands:
        await post.put(signed_by(gateway, command))
    for command in commands:
        await post.answers(command.id)

    (packed,) = (await post.states(tenant)).values()
    assert unpack(packed) == reduce(evolve, await post.events(tenant), INITIAL)


async def test_a_commands_records_stand_on_its_own_partition(post: Post, gateway: Gateway, tenant: str) -> None:
    command = enroll(tenant=tenant)
    partition, _ = await post.put(signed_by(gateway, command))
    await post.answers(command.id)

    places = {
        record.partition
        for topic in (topics.EVENTS, topics.STATE, topics.OUTCOMES)
        for record in await post.standing(topic)
        if record.key in {str(command.id).encode(), f"{tenant}/ann".encode()}
    }
    assert places == {partition}


async def test_the_same_bytes_again_get_the_same_answer_and_leave_no_fact(
    post: Post, gateway: Gateway, tenant: str
) -> None:
    command = enroll(tenant=tenant)
    signed = signed_by(gateway, command)
    await post.put(signed)
    await post.put(signed)
    first, second = await post.answers(command.id, count=2)

    assert (first.code, second.code, first.event_ids) == ("ok", "code_already_sent", second.event_ids)
    assert len(await post.events(tenant)) == len(first.event_ids)


async def test_bad_records_get_their_dead_letters_and_the_commands_around_them_are_decided(
    post: Post, gateway: Gateway, tenant: str
) -> None:
    before, after = enroll(tenant=tenant), enroll(tenant=tenant, enrollment="dev_2")
    here, _ = await post.put(signed_by(gateway, before))
    key = f"{tenant}/ann".encode()
    bad = {
        "null": await post.put_value(key, None, here),
        "empty": await post.put_value(key, b"", here),
        "not JSON": await post.put_value(key, b"\xff{", here),
        "deep": await post.put_value(key, b"[" * 50_000, here),
        "a megabyte": await post.put_value(key, json.dumps({"x": "y" * 2**20}).encode(), here),
        "no key": await post.put_value(None, signed_by(gateway, enroll(tenant=tenant)).value, here),
    }
    wrong = signed_by(gateway, enroll(tenant=tenant))
    bad["no token"] = await post.put(moved(wrong, headers=()))
    bad["two tokens"] = await post.put(moved(wrong, headers=wrong.headers * 2))
    bad["for other bytes"] = await post.put(moved(wrong, value=wrong.value + b" "))
    bad["elsewhere"] = await post.put(wrong, partition=(here + 1) % 2)
    await post.put(signed_by(gateway, after))
    codes = {kind: (await post.dead_letter_at(place))[0] for kind, place in bad.items()}

    assert codes == {
        **dict.fromkeys(("null", "empty", "not JSON", "deep"), "malformed"),
        "a megabyte": "too_large",
        "no key": "key_mismatch",
        "no token": "token_missing",
        "two tokens": "token_invalid",
        "for other bytes": "token_invalid",
        "elsewhere": "wrong_partition",
    }
    assert [(await post.answers(command.id))[0].code for command in (before, after)] == ["ok", "step_up_required"]


def sealed(answers: list[Outcome]) -> SealedCode:
    (said,) = answers
    assert isinstance(said, Accepted), said.code
    assert said.sealed_code is not None
    return said.sealed_code
