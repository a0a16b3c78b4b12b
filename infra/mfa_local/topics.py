"""Makes topics of the catalogue, and refuses those that are there but are not as it says."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, TopicAlreadyExistsError, for_code

from mfa_contracts.topics import Topic, in_sync, replication
from mfa_local.errors import LocalError, ServerDiedError, TopicMismatchError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

_PATIENCE_S: Final = 30.0
_PAUSE_S: Final = 0.1
_TIMEOUT_MS: Final = 30_000


async def ensure_topics(bootstrap: str, topics: Sequence[Topic], *, partitions: int, single_broker: bool) -> None:
    """Have each of these topics, with ``partitions`` partitions each.

    Raises:
        TopicMismatchError: a topic has another partition count or setting; names topic, setting and both values.
        ServerDiedError: no broker answers within 30 seconds.
    """
    wanted = tuple(_with_copies(topic, single_broker=single_broker) for topic in topics)
    async with _admin(bootstrap) as admin:
        counts = await _create(admin, wanted, partitions, replication(embedded=single_broker))
        await _check(admin, wanted, partitions)
    await _led(bootstrap, counts)


async def make_topics(bootstrap: str, names: Sequence[str], partitions: int, config: Mapping[str, str]) -> None:
    """Make topics of one copy each, for instance for a test; those that are there stay as they are."""
    async with _admin(bootstrap) as admin:
        counts = await _create(admin, [Topic(name, "a test", config) for name in names], partitions, 1)
    await _led(bootstrap, counts)


def _with_copies(topic: Topic, *, single_broker: bool) -> Topic:
    copies = {"min.insync.replicas": str(in_sync(embedded=single_broker))}
    return Topic(topic.name, topic.written_by, {**topic.config, **copies})


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=_TIMEOUT_MS)
    await _connect(admin, bootstrap)
    try:
        yield admin
    finally:
        await admin.close()


async def _connect(admin: AIOKafkaAdminClient, bootstrap: str) -> None:
    # A broker listens a moment before it can answer.
    clock = asyncio.get_running_loop().time
    end = clock() + _PATIENCE_S
    while True:
        try:
            await admin.start()
        except KafkaConnectionError as error:
            if clock() > end:
                raise ServerDiedError(
                    f"{bootstrap}: expected a Kafka broker, got: {error}. Is it up, and its address right?"
                ) from error
            await asyncio.sleep(_PAUSE_S)
        else:
            return


async def _create(
    admin: AIOKafkaAdminClient, topics: Sequence[Topic], partitions: int, copies: int
) -> Mapping[str, int]:
    new = [NewTopic(topic.name, partitions, copies, topic_configs=dict(topic.config)) for topic in topics]
    answer = await admin.create_topics(new, timeout_ms=_TIMEOUT_MS)
    for name, code, *text in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise LocalError(f"topic {name}: expected to make it, got {error.__name__} {text}.")
    return await _partition_counts(admin, [topic.name for topic in topics])


async def _partition_counts(admin: AIOKafkaAdminClient, names: Sequence[str]) -> Mapping[str, int]:
    # A broker takes a topic before it can tell of it, and tells of it before its partitions have a leader.
    clock = asyncio.get_running_loop().time
    end = clock() + _PATIENCE_S
    while True:
        described = await admin.describe_topics(list(names))
        waiting = [topic["topic"] for topic in described if not _usable(topic)]
        if not waiting:
            return {topic["topic"]: len(topic["partitions"]) for topic in described}
        if clock() > end:
            raise LocalError(
                f"topics {', '.join(waiting)}: expected a leader for each partition within {_PATIENCE_S:.0f} s, got "
                "none. Are all brokers up? Kafka's log tells."
            )
        await asyncio.sleep(_PAUSE_S)


async def _led(bootstrap: str, counts: Mapping[str, int]) -> None:
    # A broker tells of a leader a moment before the leader knows; it knows when it answers where its log ends.
    every = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, request_timeout_ms=_TIMEOUT_MS) as consumer:
        await consumer.end_offsets(every)


def _usable(topic: Mapping[str, Any]) -> bool:
    partitions = topic["partitions"]
    return not topic["error_code"] and bool(partitions) and all(each["leader"] >= 0 for each in partitions)


async def _check(admin: AIOKafkaAdminClient, wanted: Sequence[Topic], partitions: int) -> None:
    counts = await _partition_counts(admin, [topic.name for topic in wanted])
    settings = await _settings(admin, wanted)
    for topic in wanted:
        _must_agree(topic.name, "partitions", str(partitions), str(counts[topic.name]))
        for setting, value in topic.config.items():
            _must_agree(topic.name, setting, value, settings[topic.name].get(setting))


def _must_agree(topic: str, setting: str, wanted: str, got: str | None) -> None:
    if got == wanted:
        return
    hint = (
        "The count is fixed at installation: start with empty data (`./run up --fresh`), or set MFA_PARTITIONS."
        if setting == "partitions"
        else "Set it with your Kafka's own tools."
    )
    raise TopicMismatchError(f"topic {topic}: expected {setting}={wanted}, got {got}. {hint}")


async def _settings(admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> Mapping[str, Mapping[str, str]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    answers = await admin.describe_configs(resources)
    return dict(_named(resource) for answer in answers for resource in answer.resources)


def _named(resource: tuple[Any, ...]) -> tuple[str, Mapping[str, str]]:
    code, text, _, name, entries = resource
    if code:
        raise LocalError(f"topic {name}: expected its settings, got {for_code(code).__name__} {text}.")
    return name, {entry[0]: entry[1] for entry in entries}
