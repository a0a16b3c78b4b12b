"""A rebuild on an in-memory log and database, with two partitions, and a worker beside it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from exactly_once import LogIdentity, Offset, Partition, Record
from exactly_once.protocols import Ends
from mfa_projections.errors import BusyError
from mfa_projections.projecting import Checkpoint, Place, Views
from mfa_projections.projecting.rebuilding import Rebuild
from support.versions import MemoryVersions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence

    from mfa_projections.projecting.rebuilding import Rebuilt
    from support.tables import MemoryTransaction

FOUND = LogIdentity("c", 2, {"events": "a"})
ONE = Partition(1)


async def _nothing(_: Partition) -> None: ...


@dataclass
class TwoPartitions:
    """The log of a topic with two partitions; ``before`` is awaited before one is read."""

    records: dict[int, list[Record]]
    start: int = 0
    before: Callable[[Partition], Awaitable[None]] = _nothing
    left: list[Partition] = field(default_factory=list)

    async def identity(self, topics: Sequence[str]) -> LogIdentity:
        return LogIdentity("c", 2, dict.fromkeys(topics, "a"))

    async def ends(self, topics: Sequence[str], partition: Partition) -> tuple[Ends, ...]:  # noqa: ARG002 - there is one
        end = Offset(len(self.records.get(partition, ())))
        return (Ends(Offset(self.start), end, end),)

    async def read(
        self,
        topic: str,  # noqa: ARG002 - there is one
        partition: Partition,
        start: Offset,
        end: Offset,
    ) -> AsyncGenerator[Sequence[Record], None]:
        try:
            await self.before(partition)
            yield [record for record in self.records.get(partition, ()) if start <= record.offset < end]
        finally:
            self.left.append(partition)


def in_one(records: Sequence[Record]) -> list[Record]:
    return [replace(record, partition=ONE) for record in records]


def rebuild_of(log: TwoPartitions, database: MemoryVersions, applied: list[int] | None = None) -> Rebuild:
    note = [] if applied is None else applied
    found = {"views": FOUND}
    return Rebuild((Views("events"),), database, log, found, lambda _, records: note.append(records), pause_seconds=0)


async def work(log: TwoPartitions, database: MemoryVersions, partition: int, until: int) -> None:
    """Apply what a worker would, up to an offset."""
    version = await database.active()
    place = Place("views", version, Partition(partition))
    await database.log_of("views", version, "events", FOUND)
    next_offset = await database.next_offset(place)
    async with database.transaction(version) as transaction:
        await transaction.move(place, next_offset, Checkpoint(Offset(until), 0.0))
        await Views("events").apply(transaction, log.records[partition][next_offset:until])


async def worked(*records: list[Record]) -> tuple[TwoPartitions, MemoryVersions]:
    """A log, and a database to which a worker has applied all of it."""
    log, database = TwoPartitions(dict(enumerate(records))), MemoryVersions()
    for partition in log.records:
        await work(log, database, partition, len(log.records[partition]))
    return log, database


def corrupt(database: MemoryVersions, user: str = "ann") -> None:
    status = database.kept.readers.status
    status["acme", user] = msgspec.structs.replace(status["acme", user], mfa_version=99)


def sequences(database: MemoryVersions) -> dict[str, int]:
    return {user: row.sequence for (_, user), row in database.kept.readers.status.items()}


def differing(rebuilt: Rebuilt) -> dict[str, int | None]:
    return {row.table: row.differ for row in rebuilt.compared if row.differ != 0}


def left_out(rebuilt: Rebuilt) -> set[tuple[Partition, ...]]:
    return {row.left_out for row in rebuilt.compared}


class Busy(MemoryVersions):
    """A worker takes in one more event before each transaction of a rebuild, unless it is kept from it."""

    def __init__(self, log: TwoPartitions, events: Sequence[Record]) -> None:
        super().__init__()
        self._log = log
        self._events = list(events)

    @asynccontextmanager
    async def transaction(self, version: int, *, durable: bool = True) -> AsyncIterator[MemoryTransaction]:
        if version != self.kept.shown[-1] and self._events and not self.held_back[1].locked():
            self._log.records[0].append(self._events.pop(0))
            await work(self._log, self, 0, len(self._log.records[0]))
        async with super().transaction(version, durable=durable) as begun:
            yield begun


class Reluctant(MemoryVersions):
    """Readers that do not make way the first few times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    @asynccontextmanager
    async def transaction(self, version: int, *, durable: bool = True) -> AsyncIterator[MemoryTransaction]:
        async with super().transaction(version, durable=durable) as begun:
            yield begun
            if begun.now.shown != self.kept.shown and self.times:
                self.times -= 1
                raise BusyError("not now")
