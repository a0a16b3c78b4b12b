"""The command worker without its broker, and over restarts: it says so, waits, goes on, and repeats nothing."""

from __future__ import annotations

import json
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from exactly_once import position as positions
from mfa_commands.domain.packed import FORMAT
from mfa_contracts.topics import COMMANDS, STATE
from mfa_local import child, postgres_home
from mfa_local.places import Places
from mfa_local.workers import ready, stop_worker
from support.commands import gateway_of, logged_in
from support.deciding import enroll
from support.health import until_not_ready
from support.own_stack import environ_at, servers, working
from support.posting import posting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mfa_contracts.commands import EnrollCommand
    from mfa_contracts.outcomes import Outcome
    from mfa_local.connection import Connection
    from support.commands import Signed
    from support.posting import Post


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """A place of its own for the servers, which these tests stop; the same addresses at each start."""
    yield environ_at(tmp_path)
    postgres_home.forget(Places(tmp_path))


async def test_a_worker_outlives_its_broker_says_so_once_and_goes_on(environ: Mapping[str, str]) -> None:
    async with AsyncExitStack() as kept:
        async with servers(environ) as first:
            worker = await kept.enter_async_context(working(first.connection))
            await ready(worker)
            before = await decided(first.connection, "dev_1")
        status, told = await until_not_ready(worker)
        alive = child.running(worker.child)
        async with servers(environ) as second:
            await ready(worker)
            after = await decided(second.connection, "dev_2")

        said = logged(first.connection)
    assert (before.code, after.code, status, alive) == ("ok", "step_up_required", 503, True)
    assert "broker" in told
    assert (said.count("BrokerLost"), said.count("BrokerBack")) == (1, 1)


async def test_a_worker_that_starts_without_its_broker_waits_for_it(environ: Mapping[str, str]) -> None:
    async with servers(environ) as first:
        pass
    async with working(first.connection) as worker:
        status, told = await until_not_ready(worker)
        async with servers(environ):
            await ready(worker)
            said = logged(first.connection)

    assert (status, "broker" in told, said.count("BrokerLost")) == (503, True, 1)


async def test_after_a_restart_a_repeat_gets_the_answer_of_the_first_time(environ: Mapping[str, str]) -> None:
    async with servers(environ) as stack, posting(stack.connection.kafka_bootstrap) as post:
        command, signed = asked(stack.connection, "dev_1")
        async with working(stack.connection):
            await post.put(signed)
            await post.answers(command.id)
        states = await post.states("acme")
        async with working(stack.connection):
            await post.put(signed)
            first, second = await post.answers(command.id, count=2)

        assert (first.code, second.code, second.event_ids) == ("ok", "code_already_sent", first.event_ids)
        assert await post.states("acme") == states


async def test_an_emptied_state_is_built_again_from_the_events(environ: Mapping[str, str]) -> None:
    async with servers(environ) as stack, posting(stack.connection.kafka_bootstrap) as post:
        command, signed = asked(stack.connection, "dev_1")
        async with working(stack.connection):
            await post.put(signed)
            await post.answers(command.id)
        states = await post.states("acme")
        await emptied(post)
        async with working(stack.connection) as worker:
            await ready(worker)
            await post.put(signed)
            first, second = await post.answers(command.id, count=2)

        assert (second.code, second.event_ids) == ("code_already_sent", first.event_ids)
        assert await post.states("acme") == states


async def test_a_state_of_an_older_format_is_built_again_from_the_events(environ: Mapping[str, str]) -> None:
    async with servers(environ) as stack, posting(stack.connection.kafka_bootstrap) as post:
        command, signed = asked(stack.connection, "dev_1")
        async with working(stack.connection):
            await post.put(signed)
            await post.answers(command.id)
        states = await post.states("acme")
        await made_older(post)
        older = await post.states("acme")
        async with working(stack.connection) as worker:
            await ready(worker)
            await post.put(signed)
            first, second = await post.answers(command.id, count=2)

        assert {value[0] for value in older.values()} == {FORMAT - 1}
        assert (second.code, second.event_ids) == ("code_already_sent", first.event_ids)
        assert await post.states("acme") == states


async def test_a_worker_ends_in_order_when_it_is_asked_to(environ: Mapping[str, str]) -> None:
    async with servers(environ) as stack, working(stack.connection) as worker:
        await ready(worker)
        await stop_worker(worker)

        assert (worker.child.process.returncode, logged(stack.connection)[-1]) == (0, "stopped")


async def test_topics_that_carry_the_senders_time_are_refused(environ: Mapping[str, str]) -> None:
    async with servers(environ) as stack:
        await set_topic(stack.connection, COMMANDS, {"message.timestamp.type": "CreateTime"})
        async with working(stack.connection) as worker:
            status, told = await until_not_ready(worker, "LogAppendTime")

    assert (status, "mfa.commands" in told) == (503, True)


async def test_topics_that_take_what_one_broker_has_are_refused_where_there_are_several(
    environ: Mapping[str, str],
) -> None:
    async with servers(environ) as stack, working(replace(stack.connection, embedded=False)) as worker:
        status, told = await until_not_ready(worker, "min.insync.replicas")

    assert (status, "MFA_EMBEDDED" in told) == (503, True)


def asked(connection: Connection, enrollment: str) -> tuple[EnrollCommand, Signed]:
    now = int(time.time())
    command = enroll(enrollment=enrollment)
    return command, gateway_of(connection.secrets_dir).send(command, logged_in("ann", now), now)


async def decided(connection: Connection, enrollment: str) -> Outcome:
    command, signed = asked(connection, enrollment)
    async with posting(connection.kafka_bootstrap) as post:
        await post.put(signed)
        (outcome,) = await post.answers(command.id)
        return outcome


async def emptied(post: Post) -> None:
    """A tombstone for each record of the state topic, as an operator would who wants it built again."""
    for record in await post.standing(STATE):
        await post.producer.send_and_wait(STATE, None, record.key, record.partition)


async def made_older(post: Post) -> None:
    """Every record of the state topic as the version before has left it: all formats are lower by one."""
    for record in await post.standing(STATE):
        if record.key == positions.KEY:
            position = positions.decode(record.value)
            assert position is not None
            value = positions.encode(replace(position, state_format=position.state_format - 1))
        else:
            value = bytes((record.value[0] - 1,)) + b"of another shape"
        await post.producer.send_and_wait(STATE, value, record.key, record.partition)


async def set_topic(connection: Connection, topic: str, settings: Mapping[str, str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=connection.kafka_bootstrap)
    await admin.start()
    try:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, dict(settings))])
    finally:
        await admin.close()


def logged(connection: Connection) -> list[str]:
    """The names of all lines in the worker's log."""
    lines = (connection.log_dir / "mfa_commands.log").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines]
