"""Commands that come more than once, by whatever way: the same answer or a refusal, never a second event."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from mfa_contracts.codec import decode_outcome
from mfa_contracts.topics import COMMANDS, OUTCOMES
from mfa_local import postgres_home
from mfa_local.places import Places
from mfa_local.workers import ready
from support.commands import gateway_of, logged_in
from support.deciding import enroll
from support.own_stack import environ_at, servers, working
from support.posting import posting
from support.reading import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

    from mfa_contracts.commands import Command
    from mfa_contracts.outcomes import Outcome
    from mfa_local.connection import Connection
    from support.commands import Signed
    from support.posting import Post

USERS: Final = 20
A_DAY: Final = 86_400


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[tuple[Connection, Post]]:
    async with servers(environ_at(tmp_path)) as stack, posting(stack.connection.kafka_bootstrap) as post:
        yield stack.connection, post
    postgres_home.forget(Places(tmp_path))


def asked(connection: Connection, user: str = "ann", *, at: int | None = None) -> tuple[Command, Signed]:
    command = enroll(user=user, enrollment=f"dev_{user}")
    now = int(time.time()) if at is None else at
    return command, gateway_of(connection.secrets_dir).send(command, logged_in(user, now), now)


def many(connection: Connection) -> Mapping[UUID, Signed]:
    return {command.id: signed for command, signed in (asked(connection, f"user-{n}") for n in range(USERS))}


async def answers_of_all(post: Post, count: int) -> Mapping[UUID, Sequence[Outcome]]:
    """All outcomes by their commands, once there are so many."""
    told: dict[UUID, list[Outcome]] = {}

    async def there() -> bool:
        told.clear()
        for record in await post.standing(OUTCOMES):
            message = decode_outcome(record.value)
            told.setdefault(message.causationid, []).append(message.data)
        return sum(len(some) for some in told.values()) >= count

    await until(there, f"{count} outcomes")
    return told


def kinds(told: Mapping[UUID, Sequence[Outcome]]) -> set[tuple[str, ...]]:
    """The codes of each command's answers, in their order."""
    return {tuple(outcome.code for outcome in outcomes) for outcomes in told.values()}


def ids(told: Mapping[UUID, Sequence[Outcome]]) -> set[int]:
    """How many different sets of events the answers of one command name."""
    return {len({outcome.event_ids for outcome in outcomes}) for outcomes in told.values()}


async def test_each_command_three_times_in_one_breath_is_decided_once(own: tuple[Connection, Post]) -> None:
    connection, post = own
    copies = [signed for signed in many(connection).values() for _ in range(3)]
    random.Random(7).shuffle(copies)  # noqa: S311 - an order, no secret
    await asyncio.gather(*(post.put(signed) for signed in copies))
    async with working(connection):
        told = await answers_of_all(post, 3 * USERS)

    assert (kinds(told), ids(told)) == ({("ok", "code_already_sent", "code_already_sent")}, {1})
    assert len(await post.events("acme")) == sum(len(outcomes[0].event_ids) for outcomes in told.values())


async def test_each_command_again_after_a_restart_and_after_a_rebalance_is_decided_once(
    own: tuple[Connection, Post],
) -> None:
    connection, post = own
    commands = many(connection)
    async with working(connection):
        await asyncio.gather(*map(post.put, commands.values()))
        await answers_of_all(post, USERS)
    async with AsyncExitStack() as running:
        await ready(await running.enter_async_context(working(connection)))
        await asyncio.gather(*map(post.put, commands.values()))
        await answers_of_all(post, 2 * USERS)
        await ready(await running.enter_async_context(working(connection)))
        await asyncio.gather(*map(post.put, commands.values()))
        told = await answers_of_all(post, 3 * USERS)

    assert (kinds(told), ids(told)) == ({("ok", "code_already_sent", "code_already_sent")}, {1})
    assert len(await post.events("acme")) == sum(len(outcomes[0].event_ids) for outcomes in told.values())


async def test_other_bytes_under_the_same_id_are_refused_and_leave_no_event(own: tuple[Connection, Post]) -> None:
    connection, post = own
    command, signed = asked(connection)
    other = replace_body(connection, command)
    async with working(connection):
        await post.put(signed)
        first, *_ = await post.answers(command.id)
        await post.put(other)
        _, second = await post.answers(command.id, count=2)

    assert (first.code, second.code, second.event_ids) == ("ok", "command_id_reused", ())
    assert len(await post.events("acme")) == len(first.event_ids)


async def test_a_group_set_back_to_the_beginning_is_told_nothing_new_and_decides_nothing_again(
    own: tuple[Connection, Post],
) -> None:
    connection, post = own
    commands = many(connection)
    async with working(connection):
        await asyncio.gather(*map(post.put, commands.values()))
        await answers_of_all(post, USERS)
    before = await post.events("acme")
    await set_back(connection)
    async with working(connection) as worker:
        await ready(worker)
        last, signed = asked(connection, "last")
        await post.put(signed)
        await post.answers(last.id)
        told = await answers_of_all(post, USERS + 1)

    assert kinds(told) == {("ok",)}
    assert [event for event in await post.events("acme") if event.subject != "last"] == before


async def test_a_copy_in_another_partition_gets_a_dead_letter_and_leaves_no_event(
    own: tuple[Connection, Post],
) -> None:
    connection, post = own
    command, signed = asked(connection)
    async with working(connection):
        partition, _ = await post.put(signed)
        (first,) = await post.answers(command.id)
        place = await post.put(signed, partition=1 - partition)
        code, _ = await post.dead_letter_at(place)

    assert code == "wrong_partition"
    assert len(await post.events("acme")) == len(first.event_ids)


async def test_a_command_of_yesterday_is_turned_away_and_leaves_no_event(own: tuple[Connection, Post]) -> None:
    connection, post = own
    _, signed = asked(connection, at=int(time.time()) - A_DAY)
    async with working(connection):
        code, _ = await post.dead_letter_at(await post.put(signed))

    assert code == "token_invalid"
    assert await post.events("acme") == []


def replace_body(connection: Connection, command: Command) -> Signed:
    """Another command under the same id, rightly signed."""
    now = int(time.time())
    other = enroll(user=command.subject, enrollment="dev_other")
    reused = other.model_copy(update={"id": command.id})
    return gateway_of(connection.secrets_dir).send(reused, logged_in(command.subject, now), now)


async def set_back(connection: Connection) -> None:
    """Set the group's offsets to 0, as an operator can while no worker runs."""
    group = "mfa-commands"
    async with AIOKafkaConsumer(
        bootstrap_servers=connection.kafka_bootstrap, group_id=group, enable_auto_commit=False
    ) as consumer:
        places = [TopicPartition(COMMANDS, number) for number in range(connection.partitions)]
        consumer.assign(places)
        assert any([await consumer.committed(place) for place in places]), f"expected offsets of the group {group}"
        await consumer.commit(dict.fromkeys(places, 0))
