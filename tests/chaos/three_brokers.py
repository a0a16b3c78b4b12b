"""Three brokers with every topic on all of them: one is killed, then the next, each comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from chaos.arena import PARTITIONS, Arena, with_workers
from chaos.attacked import Attack
from mfa_contracts.topics import catalogue
from mfa_local import child, kafka, ports, postgres, postgres_home
from mfa_local.connection import Connection
from mfa_local.databases import ensure_database, postgres_version
from mfa_local.kafka_files import Node, broker_settings, log4j2_properties
from mfa_local.migrations import migrate, migrations
from mfa_local.places import Places
from mfa_local.ready import answers_on
from mfa_local.secrets import make_secrets, postgres_password
from mfa_local.settings import read_settings
from mfa_local.topics import ensure_topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from mfa_local.child import Child

AWAY_SECONDS: Final = 12.0
_START_SECONDS: Final = 60.0
_CLUSTER: Final = kafka.cluster_id(UUID(int=3))
_COPIES: Final = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
}


async def one_of_three_brokers_is_killed(arena: Arena) -> None:
    await _away(arena, arena.brokers[0])


async def each_of_three_brokers_is_killed_in_turn(arena: Arena) -> None:
    for broker in tuple(arena.brokers):
        await _away(arena, broker)
        # Until it has caught up, its topics have as few copies in sync as writing needs.
        await asyncio.sleep(AWAY_SECONDS)


async def _away(arena: Arena, broker: Child) -> None:
    arena.killed(broker)
    await asyncio.sleep(AWAY_SECONDS)
    arena.again(broker)


@asynccontextmanager
async def three_brokers(root: Path) -> AsyncIterator[Arena]:
    """Three brokers and one database."""
    places, settings = Places(root), read_settings({**os.environ, "MFA_LOCAL_DIR": str(root)})
    try:
        async with AsyncExitStack() as running:
            home = postgres_home.find_home(places)
            make_secrets(places.secrets)
            password = postgres_password(places.secrets)
            database = await running.enter_async_context(
                postgres.running_server(home, places, ports.free_port(), password)
            )
            brokers = await running.enter_async_context(_brokers(await kafka.prepare(settings, os.environ), places))
            connection = await _prepared(places, [b.address for b in brokers], database.database(postgres.DATABASE))
            place = Arena(root, connection, connection, [broker.process for broker in brokers], database.child)
            running.push_async_callback(_end, place)
            await running.enter_async_context(with_workers(place))
            yield place
    finally:
        postgres_home.forget(places)


@dataclass(frozen=True)
class Broker:
    """One of the three."""

    address: str
    process: Child


@asynccontextmanager
async def _brokers(runtime: kafka.Runtime, places: Places) -> AsyncIterator[Sequence[Broker]]:
    nodes = [Node(ports.free_port(), ports.free_port(), places.root / f"kafka-{n}" / "data") for n in (1, 2, 3)]
    voters = ",".join(f"{n}@127.0.0.1:{node.controller_port}" for n, node in enumerate(nodes, start=1))
    commands = [_command(runtime, places, n, node, voters) for n, node in enumerate(nodes, start=1)]
    started = [child.start(command) for command in commands]
    try:
        for node, process in zip(nodes, started, strict=True):
            await answers_on(node.port, process, _START_SECONDS)
        yield [Broker(f"127.0.0.1:{node.port}", process) for node, process in zip(nodes, started, strict=True)]
    finally:
        await asyncio.gather(*(child.stop(process, signal.SIGKILL, 10) for process in started))


def _command(runtime: kafka.Runtime, places: Places, number: int, node: Node, voters: str) -> child.Command:
    home = places.root / f"kafka-{number}"
    home.mkdir(parents=True)
    file = home / "server.properties"
    told = {**broker_settings(node), **_COPIES, "node.id": str(number), "controller.quorum.voters": voters}
    file.write_text("".join(f"{name}={value}\n" for name, value in told.items()))
    logging = home / "log4j2.properties"
    places.log.mkdir(exist_ok=True)
    logging.write_text(log4j2_properties(places.log / f"kafka-{number}.log"))
    options = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dlog4j2.configurationFile={logging}"]
    java = [str(runtime.java.program), *options, "-cp", os.pathsep.join(map(str, runtime.class_path))]
    format_it = [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(file)]
    name, log = f"Kafka {number}", places.log / f"kafka-{number}.out"
    assert child.finish(child.start(child.Command(name, format_it, log)), _START_SECONDS) == 0, child.tail(log)
    return child.Command(name, [*java, "kafka.Kafka", str(file)], log, death_signal=signal.SIGTERM)


async def _prepared(places: Places, brokers: Sequence[str], database_url: str) -> Connection:
    bootstrap = ",".join(brokers)
    await ensure_database(database_url)
    await migrate(database_url, migrations())
    await ensure_topics(bootstrap, catalogue(), partitions=PARTITIONS, single_broker=False)
    version = await postgres_version(database_url)
    return Connection(
        "embedded", bootstrap, database_url, False, PARTITIONS, places.secrets, places.log, "three", version
    )


async def _end(place: Arena) -> None:
    await asyncio.gather(*(child.stop(each, signal.SIGKILL, 10) for each in place.kept))


ATTACKS: Final = (
    Attack(one_of_three_brokers_is_killed, stage=three_brokers),
    Attack(each_of_three_brokers_is_killed_in_turn, stage=three_brokers),
)
