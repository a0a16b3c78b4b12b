"""A cluster with both workers, one of whose partitions somebody else has written into."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from mfa_commands.adapters.partitioning import partitioner
from mfa_contracts.codec import decode_audit, decode_event, encode
from mfa_contracts.ids import record_key
from mfa_local import postgres_home
from mfa_local.places import Places
from mfa_local.workers import ready
from support.backends import own_loop
from support.commands import gateway_of, logged_in
from support.deciding import enroll
from support.own_stack import environ_at, servers, working
from support.posting import posting
from support.reading import until_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from aiokafka import ConsumerRecord

    from mfa_contracts.ids import CommandId
    from mfa_contracts.outcomes import Outcome
    from mfa_local.connection import Connection
    from mfa_local.workers import Worker
    from support.commands import Signed

    Foreign = Callable[[ConsumerRecord], tuple[bytes | None, bytes | None]]
    """Key and value that somebody else writes, from the last record of the partition that is spoilt."""

SPOILT: Final = 0
SOUND: Final = 1
FACTS: Final = 3
"""What a first enrolment leaves: the account's kind, the authenticator, the recovery code."""


@dataclass(frozen=True)
class Scene:
    """The command worker began after somebody had written; the read side was there before."""

    connection: Connection
    commands: Worker
    readers: Worker
    offset: int


def unreadable(last: ConsumerRecord) -> tuple[bytes | None, bytes | None]:
    """Something that is no message of ours."""
    return last.key, b"{}"


def gap_in_events(last: ConsumerRecord) -> tuple[bytes | None, bytes | None]:
    """A sound event that leaves a number of its user out."""
    event = decode_event(last.value)
    return last.key, encode(event.model_copy(update={"sequence": event.sequence + 2}))


def other_key(last: ConsumerRecord) -> tuple[bytes | None, bytes | None]:
    """A sound event, the next of its user, under another user's key."""
    return b"acme/eve", next_event(last)[1]


def next_event(last: ConsumerRecord) -> tuple[bytes | None, bytes | None]:
    """A sound event, the next of its user: nobody but who has not written it can tell."""
    event = decode_event(last.value)
    return last.key, encode(event.model_copy(update={"id": uuid4(), "sequence": event.sequence + 1}))


def gap_in_audit(last: ConsumerRecord) -> tuple[bytes | None, bytes | None]:
    """A sound audit record that leaves a number of its user out."""
    message = decode_audit(last.value)
    return last.key, encode(message.model_copy(update={"sequence": message.sequence + 2}))


def user_in(partition: int, beginning: str = "user") -> str:
    """A user whose commands go to this partition."""
    of_key = partitioner(2)
    names = (f"{beginning}-{number}" for number in range(100))
    return next(name for name in names if of_key(record_key("acme", name)) == partition)  # type: ignore[arg-type]  # plain texts


def asked(connection: Connection, user: str) -> tuple[CommandId, Signed]:
    """An enrolment after the password; only a user's first one is accepted."""
    command, now = enroll(user=user), int(time.time())
    return command.id, gateway_of(connection.secrets_dir).send(command, logged_in(user, now), now)


async def decided(connection: Connection, user: str) -> Outcome:
    """An enrolment's answer."""
    command_id, signed = asked(connection, user)
    async with posting(connection.kafka_bootstrap) as post:
        await post.put(signed)
        (answer,) = await post.answers(command_id)
        return answer


@contextmanager
def scene(root: Path, topic: str, foreign: Foreign) -> Iterator[Scene]:
    """Let somebody write into partition 0 of ``mfa.events`` or ``mfa.audit``."""
    with own_loop() as loop:
        stack = AsyncExitStack()
        try:
            yield loop.run_until_complete(_begun(stack, root, topic, foreign))
        finally:
            loop.run_until_complete(stack.aclose())
            postgres_home.forget(Places(root))


async def _begun(stack: AsyncExitStack, root: Path, topic: str, foreign: Foreign) -> Scene:
    connection = (await stack.enter_async_context(servers(environ_at(root)))).connection
    readers = await stack.enter_async_context(working(connection, "mfa_projections"))
    async with working(connection):
        for partition in (SPOILT, SOUND):
            await decided(connection, user_in(partition))
    await ready(readers)
    for table in ("event_history", "audit_record"):
        await until_rows(connection.database_url, table, 2 * FACTS)
    offset = await write_foreign(connection, topic, foreign)
    return Scene(connection, await stack.enter_async_context(working(connection)), readers, offset)


async def write_foreign(connection: Connection, topic: str, foreign: Foreign) -> int:
    """Write into partition 0 as a stranger; the record's offset."""
    async with posting(connection.kafka_bootstrap) as post:
        last = [record for record in await post.standing(topic) if record.partition == SPOILT][-1]
    key, value = foreign(last)
    async with AIOKafkaProducer(bootstrap_servers=connection.kafka_bootstrap) as producer:
        return int((await producer.send_and_wait(topic, value, key, SPOILT)).offset)
