"""The projectors of a worker: where they begin, what they move first, where they stop, what they get over."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from exactly_once import LogIdentity, Offset
from exactly_once.observations import RouteFailed
from exactly_once.status import Halted, Ready
from mfa_projections.errors import RowRefusedError
from mfa_projections.projecting import observations as seen
from support.one_partition import PLACE, ZERO, OnePartition, bench, told
from support.tables import MemoryDatabase


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

    assert worker.database.kept.readers.status == {}
    assert [n.code for n in worker.noted if isinstance(n, seen.ProjectorLost)] == ["overtaken"]


async def test_to_be_overtaken_is_no_outage_of_the_database() -> None:
    async with bench(OnePartition(told())) as worker:
        await worker.until_ready()
        worker.database.kept.offsets[PLACE] = Offset(3)
        await worker.deliver(worker.log.records)
        await worker.until(lambda: 3 in worker.log.sought)

    assert not [n for n in worker.noted if isinstance(n, seen.DatabaseLost)]


async def test_an_error_of_unknown_kind_is_not_quoted() -> None:
    database = MemoryDatabase()
    database.refusal, database.refuses = ValueError("ann's phone"), "ann"
    async with bench(OnePartition(told()), database) as worker:
        await worker.until_ready()
        await worker.deliver(worker.log.records)
        await worker.until(lambda: any(isinstance(n, seen.ProjectorLost) for n in worker.noted))

    said = [(n.code, n.error) for n in worker.noted if isinstance(n, seen.ProjectorLost)]
    assert said == [("ValueError", "ValueError")]


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


async def test_a_row_that_is_refused_before_an_unreadable_event_halts_at_its_record() -> None:
    records = [*told(2, "bob"), *told(1, "ann", first=2)]
    unreadable = replace(records[0], offset=Offset(3), value=b"no event")
    database = MemoryDatabase()
    database.refusal, database.refuses = RowRefusedError("no"), "ann"
    async with bench(OnePartition([*records, unreadable]), database) as worker:
        await worker.until_ready()
        await worker.deliver([*records, unreadable])
        await worker.until(lambda: bool(worker.projectors.status().halted))

        assert worker.sequence("bob") == 2
        assert worker.projectors.status().halted[ZERO].offset == 2


async def test_a_database_that_is_away_is_said_once_and_waited_for() -> None:
    records, database = told(), MemoryDatabase()
    database.away = True
    async with bench(OnePartition(records), database) as worker:
        await worker.until(lambda: database.steps.count("active") > 3)
        away = worker.projectors.status().ready
        database.away = False
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until_at(3)

    assert not away
    said = [type(n) for n in worker.noted if isinstance(n, seen.DatabaseLost | seen.DatabaseBack)]
    assert said == [seen.DatabaseLost, seen.DatabaseBack]


async def test_the_next_outage_is_told_again_after_a_batch_that_went_well() -> None:
    records, database = told(), MemoryDatabase()
    async with bench(OnePartition(records), database) as worker:
        for record in records[:2]:
            await worker.until_ready()
            database.away = True
            await worker.deliver([record])
            await worker.until(lambda: not worker.projectors.status().ready)
            database.away = False
            await worker.until_ready()
            await worker.deliver([record])
            await worker.until_at(record.offset + 1)

    assert [n.code for n in worker.noted if isinstance(n, seen.ProjectorLost)] == ["database", "database"]


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


async def test_another_log_than_the_one_it_began_on_halts() -> None:
    database = MemoryDatabase()
    database.kept.logs["views", 1] = LogIdentity("another cluster", 1, {"events": ""})
    async with bench(OnePartition(told(3)), database) as worker:
        await worker.until(lambda: bool(worker.projectors.status().halted))

        assert "another cluster" in worker.projectors.status().halted[ZERO].reason


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


async def test_a_partition_delivers_nothing_until_the_database_has_said_where_to_begin() -> None:
    database = MemoryDatabase()
    database.away = True
    async with bench(OnePartition(told()), database) as worker:
        assert (worker.log.paused, worker.log.sought) == (1, [])


async def test_a_delivery_that_cannot_be_taken_in_is_asked_for_again() -> None:
    async with bench(OnePartition(told())) as worker:
        await worker.until_ready()
        worker.log.failing_seeks = 1
        await worker.deliver(worker.log.records[1:])

        assert worker.log.sought == [0, 0, 0]
        assert [n.error for n in worker.noted if isinstance(n, RouteFailed)] == ["RuntimeError"]


async def test_what_is_assigned_to_a_worker_that_is_ending_is_not_begun() -> None:
    async with bench(OnePartition(told())) as worker:
        await worker.until_ready()
        await worker.projectors.drain()
        await worker.projectors.on_assigned([ZERO])

        assert worker.projectors.status().partitions == {}


async def test_an_assignment_ends_what_was_held_before_it() -> None:
    async with bench(OnePartition(told())) as worker:
        await worker.until_ready()
        before = {task for task in asyncio.all_tasks() if task.get_name() == "views.0"}
        await worker.projectors.on_assigned([])

        assert worker.projectors.status().partitions == {}
        assert all(task.done() for task in before)
        assert worker.projectors.status().ready


async def test_a_cancellation_of_a_librarys_own_does_not_end_a_projector() -> None:
    records = told()
    async with bench(OnePartition(records, cancelling_ends=1)) as worker:
        await worker.until(lambda: any(isinstance(n, seen.ProjectorLost) for n in worker.noted))
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until_at(3)
