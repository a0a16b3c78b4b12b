"""Mutated commands under a steady trickle of good ones: a dead letter each, nothing of theirs in it, nobody held up.

``MFA_FUZZ_MESSAGES=100000`` sends as many as one has patience for; ``MFA_FUZZ_SEED`` makes a run again.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from mfa_contracts.codec import decode_dead_letter
from mfa_contracts.topics import COMMANDS, DEADLETTERS
from mfa_local import postgres_home
from mfa_local.places import Places
from mfa_local.workers import ready
from support.commands import gateway_of, logged_in
from support.deciding import enroll
from support.mutations import mutated
from support.own_stack import environ_at, servers, working
from support.posting import posting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from uuid import UUID

    from mfa_local.connection import Connection
    from support.commands import Signed
    from support.posting import Post

MESSAGES: Final = int(os.environ.get("MFA_FUZZ_MESSAGES", "3000"))
SEED: Final = int(os.environ.get("MFA_FUZZ_SEED", "1"))
GOOD_EVERY: Final = 100
AT_ONCE: Final = 500
CANARY: Final = "canary7f3a"
_SILENCE_SECONDS: Final = 30.0

Place = tuple[int, int]


@dataclass
class Sent:
    """Where the mutated ones stand, and the ids of the good ones."""

    bad: list[Place] = field(default_factory=list)
    good: list[UUID] = field(default_factory=list)


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[tuple[Connection, Post]]:
    async with servers(environ_at(tmp_path)) as stack, posting(stack.connection.kafka_bootstrap) as post:
        yield stack.connection, post
    postgres_home.forget(Places(tmp_path))


async def test_each_mutated_command_gets_one_dead_letter_and_holds_nobody_up(own: tuple[Connection, Post]) -> None:
    connection, post = own
    async with working(connection) as worker:
        await ready(worker)
        sent = await send_all(connection, post)
        letters = await letters_of(connection, len(sent.bad))
        outcomes = [(await post.answers(command))[0].code for command in sent.good[-3:]]
        alive = worker.child.process.poll() is None

    assert Counter(place for place, _ in letters) == Counter(sent.bad), f"seed {SEED}"
    assert [value for _, value in letters if CANARY.encode() in value] == [], f"seed {SEED}"
    assert len({event.causationid for event in await post.events("acme")}) == len(sent.good)
    assert (set(outcomes), alive) == ({"ok"}, True)


async def send_all(connection: Connection, post: Post) -> Sent:
    chance, sent = Random(SEED), Sent()  # noqa: S311 - misfortune, not a secret
    for first in range(0, MESSAGES, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, MESSAGES))
        records = [signed_for(connection, number, sent) for number in numbers if number % GOOD_EVERY == 0]
        spoilt = [mutated(signed_for(connection, number), chance) for number in numbers if number % GOOD_EVERY]
        await asyncio.gather(*map(post.put, records))
        sent.bad += await asyncio.gather(*(post.put(each, chance.randrange(2)) for each in spoilt))
    return sent


def signed_for(connection: Connection, number: int, sent: Sent | None = None) -> Signed:
    """A good command of a user of its own, with the canary where its sender may write."""
    now = int(time.time())
    command = enroll(user=f"user-{number}-{CANARY}", enrollment=f"dev_{CANARY}_{number}")
    if sent is not None:
        sent.good.append(command.id)
    return gateway_of(connection.secrets_dir).send(command, logged_in(command.subject, now), now)


async def letters_of(connection: Connection, count: int) -> list[tuple[Place, bytes]]:
    """The dead letters, once there are so many; fewer when none has come for half a minute."""
    found: list[tuple[Place, bytes]] = []
    options = {"isolation_level": "read_committed", "enable_auto_commit": False, "auto_offset_reset": "earliest"}
    async with AIOKafkaConsumer(bootstrap_servers=connection.kafka_bootstrap, **options) as consumer:
        consumer.assign([TopicPartition(DEADLETTERS, number) for number in range(connection.partitions)])
        heard = time.monotonic()
        while len(found) < count and time.monotonic() - heard < _SILENCE_SECONDS:
            polled = await consumer.getmany(timeout_ms=200, max_records=5_000)
            fresh = [told(record.value) for some in polled.values() for record in some]
            heard = time.monotonic() if fresh else heard
            found.extend(fresh)
    return found


def told(value: bytes) -> tuple[Place, bytes]:
    record = decode_dead_letter(value).data.record
    assert record.topic == COMMANDS
    return (record.partition, record.offset), value
