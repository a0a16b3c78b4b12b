"""A worker of the read side on an in-memory log and database, with one partition."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exactly_once import BrokerError, Limits, LogIdentity, Offset, Partition, Record
from exactly_once.protocols import Ends
from mfa_contracts.codec import encode
from mfa_projections.projecting import Place, Projectors, Setting, Views
from mfa_projections.projecting import observations as seen
from support.facts import Life
from support.tables import MemoryDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

    from mfa_projections.projecting.observations import Observation

ZERO = Partition(0)
PLACE = Place("views", 1, ZERO)
LIMITS = Limits(backoff_first_seconds=0.001, backoff_fenced_seconds=0.001, backoff_most_seconds=0.01, queue_records=8)


@dataclass
class OnePartition:
    """Consumer and log of a topic with one partition; ``markers`` stand after the last record.

    ``clock`` is the worker's, and ``ends_seconds`` of it pass until the ends are told.
    """

    records: list[Record] = field(default_factory=list)
    start: int = 0
    markers: int = 0
    sought: list[int] = field(default_factory=list)
    away: bool = False
    reads: int = 0
    clock: float = 0.0
    ends_seconds: float = 0.0
    paused: int = 0
    failing_seeks: int = 0
    cancelling_ends: int = 0

    def assignment(self) -> frozenset[Partition]:
        return frozenset({ZERO})

    def seek(self, partition: Partition, offset: Offset) -> None:  # noqa: ARG002 - there is one
        self.sought.append(offset)
        if self.failing_seeks:
            self.failing_seeks -= 1
            raise RuntimeError("expected a partition that is assigned")

    def pause(self, partition: Partition) -> None:  # noqa: ARG002 - there is one
        self.paused += 1

    def resume(self, partition: Partition) -> None: ...

    async def identity(self, topics: Sequence[str]) -> LogIdentity:
        return LogIdentity("c", 1, dict.fromkeys(topics, ""))

    async def ends(self, topics: Sequence[str], partition: Partition) -> tuple[Ends, ...]:  # noqa: ARG002 - there is one
        if self.away:
            raise BrokerError("away")
        if self.cancelling_ends:
            self.cancelling_ends -= 1
            raise asyncio.CancelledError
        last = self.records[-1].offset + 1 if self.records else 0
        end = Offset(last + self.markers)
        self.clock += self.ends_seconds
        return (Ends(Offset(self.start), end, end),)

    async def read(
        self,
        topic: str,  # noqa: ARG002 - there is one
        partition: Partition,  # noqa: ARG002 - there is one
        start: Offset,
        end: Offset,
    ) -> AsyncGenerator[Sequence[Record], None]:
        self.reads += 1
        yield [record for record in self.records if start <= record.offset < end]


@dataclass
class Bench:
    """A worker on an in-memory log and database."""

    log: OnePartition
    database: MemoryDatabase
    projectors: Projectors
    noted: list[Observation]

    async def deliver(self, records: Sequence[Record]) -> None:
        await self.projectors.route(records)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not true():  # noqa: ASYNC110 - what is waited for is in another's hands
                await asyncio.sleep(0.001)

    async def until_at(self, offset: int) -> None:
        await self.until(lambda: self.database.kept.offsets.get(PLACE) == offset)

    async def until_ready(self) -> None:
        await self.until(lambda: self.projectors.status().ready)

    def sequence(self, user: str = "ann") -> int:
        return self.database.kept.readers.status["acme", user].sequence


def setting_of(log: OnePartition, database: MemoryDatabase, observe: Callable[[Observation], None]) -> Setting:
    return Setting(
        projection=Views("events"),
        database=database,
        consumer=log,
        log=log,
        observe=observe,
        now=lambda: log.clock,
        spread=lambda: 0.5,
        limits=LIMITS,
        look_seconds=0.02,
    )


@asynccontextmanager
async def bench(log: OnePartition, database: MemoryDatabase | None = None) -> AsyncIterator[Bench]:
    database, noted = database or MemoryDatabase(), list[seen.Observation]()
    setting = setting_of(log, database, noted.append)
    projectors = Projectors(setting)
    await projectors.on_assigned([ZERO])
    yield Bench(log, database, projectors, noted)
    await projectors.drain()


def told(turns: int = 3, user: str = "ann", first: int = 0) -> list[Record]:
    life = Life("acme", user)
    for failures in range(1, turns + 1):
        life.rejected(failures)
    return [
        Record(ZERO, Offset(first + n), 0, 0, life.record_key, encode(event)) for n, event in enumerate(life.events)
    ]
