"""How long a partition is without a worker: from the fence to ready, for histories of different length."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Final, cast

from benchmarks.comparison import Row, compared
from benchmarks.seeding import count, seed, seeder
from benchmarks.states import state_patterns
from exactly_once import Limits, Offset, Partition, Position, Setting, Spec
from exactly_once import position as positions
from exactly_once.acquiring import acquire
from exactly_once.adapters.aiokafka_consumer import GroupConsumer
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.aiokafka_producer import AiokafkaProducers
from exactly_once.adapters.connection import Connection
from mfa_commands.adapters.application import CommandApplication
from mfa_commands.domain.packed import FORMAT
from mfa_contracts import topics
from mfa_local.topics import make_topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from benchmarks.scene import Scene
    from mfa_commands.handling import Tools

FLAT: Final = 2.0
ONLY: Final = Partition(0)
_CLEANER_LOOKS: Final = 60
_CLEANER_PAUSE_SECONDS: Final = 3.0
_OPEN_SEGMENT_RECORDS: Final = 60_000
_SEED: Final = 20261124


async def takeover_rows(scene: Scene) -> AsyncIterator[Row]:
    """Compare the take-over after each longer history with that after the shortest, all of the same users."""
    patterns = await state_patterns(scene)
    specs = {facts: await _history(scene, facts, patterns) for facts in scene.size.histories}
    for facts, spec in specs.items():
        await _compacted(scene, facts, spec)
    seconds: Mapping[int, list[float]] = {facts: [] for facts in specs}
    for _ in range(scene.size.repeats):
        for facts, spec in specs.items():
            seconds[facts].append(await _take_over(scene, spec))
    shortest, *longer = specs
    for facts in longer:
        name = f"take-over after {facts:,} events beside {shortest:,}"
        yield compared(name, seconds[facts], seconds[shortest], "s", FLAT, "lower")


async def _history(scene: Scene, facts: int, patterns: Sequence[bytes]) -> Spec:
    """A partition whose users have lived through so many events, as a worker would have left its state topic."""
    scene.say(f"take-over: a history of {facts:,} events, {scene.size.users:,} users")
    servers = scene.connection.kafka_bootstrap
    spec = _spec(facts)
    compacting = next(t.config for t in topics.catalogue() if t.name == topics.STATE)
    await make_topics(servers, [spec.input_topic, spec.main_topic], 1, {})
    await make_topics(servers, [spec.state_topic], 1, compacting)
    log = AiokafkaLog(Connection(servers))
    identity = await log.identity(spec.topics)
    await log.close()
    position = Position(Offset(0), Offset(-1), FORMAT, identity)
    async with seeder(servers) as producer:
        await seed(producer, spec.state_topic, ONLY, _states(scene, facts, patterns))
        await seed(producer, spec.state_topic, ONLY, [(positions.KEY, positions.encode(position))])
    return spec


def _states(scene: Scene, facts: int, patterns: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    chance = random.Random(_SEED)  # noqa: S311 - which user is next, not a secret
    for number in range(scene.size.users):
        yield _user(number), patterns[number % len(patterns)]
    for number in range(facts):
        yield _user(chance.randrange(scene.size.users)), patterns[number % len(patterns)]


def _user(number: int) -> bytes:
    return f"bench/auth0|{number:024d}".encode()


async def _compacted(scene: Scene, facts: int, spec: Spec) -> None:
    """Wait until the cleaner has left no more than its open segment on top of one record for each user."""
    scene.say(f"take-over: waiting for the broker to compact {facts:,} events")
    servers, enough = scene.connection.kafka_bootstrap, scene.size.users + min(facts, _OPEN_SEGMENT_RECORDS) + 1
    for _ in range(_CLEANER_LOOKS):
        records = await count(servers, spec.state_topic, 1)
        scene.say(f"take-over: {facts:,} events are {records:,} records now")
        if records <= enough:
            return
        await asyncio.sleep(_CLEANER_PAUSE_SECONDS)


async def _take_over(scene: Scene, spec: Spec) -> float:
    connection = Connection(scene.connection.kafka_bootstrap)
    log, producers = AiokafkaLog(connection), AiokafkaProducers(connection, spec)
    # Taking over decides nothing, so the tools to decide with are not needed.
    application = CommandApplication(cast("Tools", None), repeated=lambda _: None)
    consumer = GroupConsumer(spec.input_topic, lambda: None)
    setting = Setting(spec, application, producers, consumer, log, lambda _: None, Limits(), lambda: 0.5)
    producer = producers(ONLY)
    began = time.perf_counter()
    try:
        await acquire(setting, ONLY, producer, lambda: None)
        return time.perf_counter() - began
    finally:
        await producer.discard()
        await log.close()


def _spec(facts: int) -> Spec:
    prefix = f"bench.takeover.{facts}"
    return Spec(
        name=prefix,
        group=prefix,
        input_topic=f"{prefix}.commands",
        main_topic=f"{prefix}.events",
        state_topic=f"{prefix}.state",
        state_format=FORMAT,
    )
