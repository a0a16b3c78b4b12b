"""What a worker weighs that holds very many users."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aiokafka.partitioner import DefaultPartitioner

from benchmarks.comparison import Row, compared
from benchmarks.seeding import seed, seeder
from benchmarks.states import state_patterns
from mfa_contracts import topics
from mfa_local.workers import running_workers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from benchmarks.scene import Scene

RESIDENT_MIB = 700
_MIB = 1024 * 1024


async def memory_rows(scene: Scene) -> AsyncIterator[Row]:
    """Give a worker all users, and weigh the process; the plain figure is the limit that we set ourselves."""
    scene.say(f"memory: making {scene.size.crowd:,} users")
    await _make_users(scene, await state_patterns(scene))
    scene.say("memory: a worker reads them all")
    async with running_workers(scene.connection, ("mfa_commands",)) as (worker,):
        resident = _resident_mib(worker.child.process.pid)
    name = f"resident memory with {scene.size.crowd:,} users"
    yield compared(name, [resident], [RESIDENT_MIB], "MiB", 1.0, "lower")


async def _make_users(scene: Scene, patterns: Sequence[bytes]) -> None:
    partitions = list(range(scene.connection.partitions))
    by_partition: dict[int, list[bytes]] = {number: [] for number in partitions}
    place = DefaultPartitioner()
    for number in range(scene.size.crowd):
        key = f"crowd/auth0|{number:024d}".encode()
        by_partition[place(key, partitions, partitions)].append(key)
    async with seeder(scene.connection.kafka_bootstrap) as producer:
        for partition, keys in by_partition.items():
            states = ((key, patterns[number % len(patterns)]) for number, key in enumerate(keys))
            await seed(producer, topics.STATE, partition, states)


def _resident_mib(pid: int) -> float:
    resident_pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return resident_pages * 4096 / _MIB
