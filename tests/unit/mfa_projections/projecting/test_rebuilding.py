"""Rebuilding: everything that is sound is folded anew, whatever stands behind it and whoever works beside it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from exactly_once import BrokerError, HaltedError, LogIdentity, LogIdentityError, Offset, Partition, Record
from exactly_once.protocols import Ends
from mfa_projections.projecting import Checkpoint, Place, Views
from mfa_projections.projecting.rebuilding import Rebuild
from support.one_partition import PLACE, told
from support.tables import MemoryDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

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


async def rebuilt(log: TwoPartitions, database: MemoryDatabase) -> int:
    applied: list[int] = []
    await Rebuild(Views("events"), database, log, applied.append).run(FOUND)
    return sum(applied)


def sequences(database: MemoryDatabase) -> dict[str, int]:
    return {user: row.sequence for (_, user), row in database.kept.status.items()}


async def test_all_partitions_are_folded() -> None:
    database = MemoryDatabase()

    applied = await rebuilt(TwoPartitions({0: told(3), 1: in_one(told(2, "bob"))}), database)

    assert (applied, sequences(database)) == (5, {"ann": 3, "bob": 2})


async def test_what_stands_before_a_break_is_applied() -> None:
    log, database = told(4), MemoryDatabase()
    log[2] = replace(log[2], value=b"no event")

    with pytest.raises(HaltedError, match="offset 2"):
        await rebuilt(TwoPartitions({0: log}), database)

    assert (sequences(database), database.kept.offsets[PLACE]) == ({"ann": 2}, 2)


async def test_a_break_in_one_partition_leaves_out_nothing_of_another() -> None:
    torn = [replace(told(1)[0], value=b"no event")]
    database, folds = MemoryDatabase(), list[asyncio.Task[None]]()

    async def behind_the_break(partition: Partition) -> None:
        task = asyncio.current_task()
        assert task is not None
        folds.append(task)
        if partition == ONE:
            await asyncio.wait(folds[:1])

    with pytest.raises(HaltedError):
        await rebuilt(TwoPartitions({0: torn, 1: in_one(told(2, "bob"))}, before=behind_the_break), database)

    assert sequences(database) == {"bob": 2}


async def test_a_broker_that_goes_away_is_said_when_all_partitions_have_stopped() -> None:
    async def away(partition: Partition) -> None:
        if partition == ONE:
            raise BrokerError("away")
        await asyncio.Event().wait()

    log = TwoPartitions({0: told(1), 1: in_one(told(1, "bob"))}, before=away)

    with pytest.raises(BrokerError):
        await rebuilt(log, MemoryDatabase())

    assert sorted(log.left) == [0, 1]


async def test_a_rebuild_that_is_overtaken_goes_on_from_where_the_other_is() -> None:
    records, database = told(3), MemoryDatabase()

    async def a_worker_first(partition: Partition) -> None:
        if partition == 0 and database.kept.offsets[PLACE] == 0:
            async with database.transaction() as transaction:
                await transaction.move(PLACE, Offset(0), Checkpoint(Offset(2)))
                await Views("events").apply(transaction, records[:2])

    applied = await rebuilt(TwoPartitions({0: records}, before=a_worker_first), database)

    assert (applied, sequences(database)) == (1, {"ann": 3})


async def test_the_log_that_was_rebuilt_from_is_noted() -> None:
    database = MemoryDatabase()
    database.kept.logs["views", 1] = LogIdentity("another", 2, {"events": "b"})

    await rebuilt(TwoPartitions({}), database)

    assert database.kept.logs["views", 1] == FOUND


async def test_a_log_that_another_has_noted_meanwhile_is_not_mixed_with_the_one_that_was_found() -> None:
    class Taken(MemoryDatabase):
        async def log_of(self, projection: str, version: int, topic: str, found: LogIdentity) -> LogIdentity:  # noqa: ARG002 - whatever is found
            return LogIdentity("another", 2, {"events": "b"})

    database = Taken()

    with pytest.raises(LogIdentityError, match="another"):
        await rebuilt(TwoPartitions({0: told(1)}), database)

    assert sequences(database) == {}


async def test_a_reading_that_a_break_has_ended_is_closed() -> None:
    log = TwoPartitions({0: [replace(told(1)[0], value=b"no event")]})

    with pytest.raises(HaltedError):
        await rebuilt(log, MemoryDatabase())

    assert log.left == [0]


async def test_a_log_without_its_beginning_cannot_be_rebuilt_from() -> None:
    with pytest.raises(LogIdentityError, match="cut or made anew"):
        await rebuilt(TwoPartitions({0: told(3), 1: []}, start=1), MemoryDatabase())


async def test_what_was_there_before_is_gone() -> None:
    database = MemoryDatabase()
    await rebuilt(TwoPartitions({0: told(3), 1: in_one(told(2, "bob"))}), database)

    await rebuilt(TwoPartitions({0: told(1)}), database)

    assert sequences(database) == {"ann": 1}
    assert database.kept.offsets == {PLACE: 1, Place("views", 1, ONE): 0}
