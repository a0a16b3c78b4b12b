"""The projectors of a worker: where they begin, what they move first, where they stop, what they get over."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from exactly_once import BrokerError, Limits, LogIdentity, Offset, Partition, Record
from exactly_once.protocols import Ends
from exactly_once.status import Halted, Ready
from mfa_contracts.codec import encode
from mfa_projections.errors import RowRefusedError
from mfa_projections.projecting import Place, Projectors, Setting, Views
from mfa_projections.projecting import observations as seen
from support.facts import Life
from support.tables import MemoryDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

    from mfa_projections.projecting.observations import Observation

ZERO = Partition(0)
PLACE = Place("views", 1, ZERO)
NOW = datetime(2026, 5, 4, tzinfo=UTC)
LIMITS = Limits(backoff_first_seconds=0.001, backoff_fenced_seconds=0.001, backoff_most_seconds=0.01, queue_records=8)


@dataclass
class OnePartition:
    """Consumer and log of a topic with one partition; ``markers`` stand after the last record."""

    records: list[Record] = field(default_factory=list)
    start: int = 0
    markers: int = 0
    sought: list[int] = field(default_factory=list)
    away: bool = False

    def assignment(self) -> frozenset[Partition]:
        return frozenset({ZERO})

    def seek(self, partition: Partition, offset: Offset) -> None:  # noqa: ARG002
        self.sought.append(offset)

    def pause(self, partition: Partition) -> None: ...

    def resume(self, partition: Partition) -> None: ...

    async def identity(self, topics: Sequence[str]) -> LogIdentity:
        return LogIdentity("c", 1, dict.fromkeys(topics, ""))

    async def ends(self, topics: Sequence[str], partition: Partition) -> tuple[Ends, ...]:  # noqa: ARG002
        if self.away:
            raise BrokerError("away")
        last = self.records[-1].offset + 1 if self.records else 0
        end = Offset(last + self.markers)
        return (Ends(Offset(self.start), end, end),)

    async def read(
        self,
        topic: str,  # noqa: ARG002
        partition: Partition,  # noqa: ARG002
        start: Offset,
        end: Offset,
    ) -> AsyncGenerator[Sequence[Record], None]:
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
        return self.database.kept.status["acme", user].sequence


@asynccontextmanager
async def bench(log: OnePartition, database: MemoryDatabase | None = None) -> AsyncIterator[Bench]:
    database, noted = database or MemoryDatabase(), list[seen.Observation]()
    setting = Setting(
        projection=Views("events"),
        database=database,
        consumer=log,
        log=log,
        observe=noted.append,
        now=lambda: NOW,
        spread=lambda: 0.5,
        limits=LIMITS,
        look_seconds=0.02,
    )
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


async def test_it_begins_where_the_database_says() -> None:
    records = told()
    async with bench(OnePartition(records)) as first:
        await first.until_ready()
        await first.deliver(records[:2])
        await first.until_at(2)

    async with bench(OnePartition(records), first.database) as second:
        await second.until_ready()

        assert second.log.sought == [2]


async def test_the_checkpoint_is_moved_before_any_work() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until_at(3)

    first = worker.database.steps.index("begin")
    assert worker.database.steps[first : first + 5] == ["begin", "move", "rows", "write", "commit"]


async def test_an_overtaken_projector_writes_nothing_and_goes_on_from_where_the_other_is() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        worker.database.kept.offsets[PLACE] = Offset(3)
        await worker.deliver(records)
        await worker.until(lambda: 3 in worker.log.sought)

    assert worker.database.kept.status == {}
    assert [n.code for n in worker.noted if isinstance(n, seen.ProjectorLost)] == ["overtaken"]


async def test_records_that_are_not_the_next_are_not_applied() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        await worker.deliver(records[1:])
        await worker.deliver(records)
        await worker.until_at(3)

        assert worker.sequence() == 3


async def test_a_break_halts_behind_what_is_sound() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        await worker.deliver([records[0], records[2]])
        await worker.until(lambda: bool(worker.projectors.status().halted))

        assert worker.sequence() == 1
        assert worker.database.kept.offsets[PLACE] == 1
        phase = worker.projectors.status().partitions[ZERO].phase
        assert isinstance(phase, Halted)
        assert (phase.topic, phase.offset) == ("events", 2)
        assert not worker.projectors.status().ready


async def test_a_row_that_is_refused_halts_at_its_record_behind_those_before() -> None:
    records = [*told(2, "bob"), *told(1, "ann", first=2)]
    database = MemoryDatabase()
    database.refusal, database.refuses = RowRefusedError("no"), "ann"
    async with bench(OnePartition(records), database) as worker:
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until(lambda: bool(worker.projectors.status().halted))

        assert worker.sequence("bob") == 2
        (halted,) = worker.projectors.status().halted.values()
        assert halted.offset == 2


async def test_a_database_that_is_away_is_said_once_and_waited_for() -> None:
    records, database = told(), MemoryDatabase()
    database.away = True
    async with bench(OnePartition(records), database) as worker:
        await worker.until(lambda: database.steps.count("next_offset") > 3)
        away = worker.projectors.status().ready
        database.away = False
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until_at(3)

    assert not away
    said = [type(n) for n in worker.noted if isinstance(n, seen.DatabaseLost | seen.DatabaseBack)]
    assert said == [seen.DatabaseLost, seen.DatabaseBack]


async def test_a_batch_that_failed_is_applied_after_all() -> None:
    records, database = told(), MemoryDatabase()
    async with bench(OnePartition(records), database) as worker:
        await worker.until_ready()
        database.away = True
        await worker.deliver(records)
        await worker.until(lambda: not worker.projectors.status().ready)
        database.away = False
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until_at(3)

        assert worker.sequence() == 3


async def test_a_checkpoint_beyond_the_log_halts() -> None:
    database = MemoryDatabase()
    database.kept.offsets[PLACE] = Offset(4)
    async with bench(OnePartition(told(3)), database) as worker:
        await worker.until(lambda: bool(worker.projectors.status().halted))

        assert "made anew" in worker.projectors.status().halted[ZERO].reason


async def test_a_checkpoint_before_the_log_halts() -> None:
    async with bench(OnePartition(told(3), start=1)) as worker:
        await worker.until(lambda: bool(worker.projectors.status().halted))

        assert worker.projectors.status().halted[ZERO].offset == 0


async def test_all_applied_is_noted_with_its_time_behind_the_markers() -> None:
    records = told()
    async with bench(OnePartition(records, markers=2)) as worker:
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until_at(5)

        assert worker.database.kept.caught_up_at[PLACE] == NOW


async def test_what_was_not_delivered_yet_is_not_skipped_at_the_end() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        await worker.deliver(records[:2])
        await worker.until_at(2)
        await asyncio.sleep(0.1)

        assert worker.database.kept.offsets[PLACE] == 2
        assert PLACE not in worker.database.kept.caught_up_at
        assert worker.projectors.status().partitions[ZERO].lag == 1


async def test_a_broker_that_is_away_stops_the_claim_to_be_caught_up_and_not_the_partition() -> None:
    records = told()
    log = OnePartition(records)
    async with bench(log) as worker:
        await worker.until_ready()
        log.away = True
        await worker.until(lambda: worker.projectors.status().broker_error is not None)
        await worker.deliver(records)
        await worker.until_at(3)
        claimed = PLACE in worker.database.kept.caught_up_at
        log.away = False
        await worker.until(lambda: worker.projectors.status().broker_error is None)
        await worker.until(lambda: PLACE in worker.database.kept.caught_up_at)

    assert not claimed


async def test_a_revoked_partition_is_let_go() -> None:
    async with bench(OnePartition(told())) as worker:
        await worker.until_ready()
        await worker.projectors.on_revoked([ZERO])

        assert worker.projectors.status().partitions == {}


async def test_a_partition_that_comes_back_begins_from_the_database_again() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        await worker.deliver(records[:1])
        await worker.until_at(1)
        await worker.projectors.on_revoked([ZERO])
        await worker.projectors.on_assigned([ZERO])
        await worker.until_ready()

        assert worker.log.sought[-1] == 1
        assert isinstance(worker.projectors.status().partitions[ZERO].phase, Ready)


async def test_an_assignment_ends_what_was_held_before_it() -> None:
    async with bench(OnePartition(told())) as worker:
        await worker.until_ready()
        before = {task for task in asyncio.all_tasks() if task.get_name() == "views.0"}
        await worker.projectors.on_assigned([])

        assert worker.projectors.status().partitions == {}
        assert all(task.done() for task in before)
        assert worker.projectors.status().ready


async def test_a_busy_partition_claims_to_be_caught_up_only_from_the_end_that_it_has_seen() -> None:
    records = told(6)
    log = OnePartition(records[:4])
    async with bench(log) as worker:
        await worker.until_ready()
        await worker.until(lambda: worker.projectors.status().partitions[ZERO].lag == 4)
        log.away = True
        await worker.deliver(records[:2])
        await worker.until_at(2)
        below = PLACE in worker.database.kept.caught_up_at
        await worker.deliver(records[2:6])
        await worker.until_at(6)

        assert (below, worker.database.kept.caught_up_at.get(PLACE)) == (False, NOW)
