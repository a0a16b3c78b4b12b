"""Rebuilding beside the tables that readers are shown: filled, compared, put in their place, or nothing of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from exactly_once import BrokerError, HaltedError, LogIdentity, LogIdentityError, Partition
from mfa_projections.errors import RebuildRunningError
from mfa_projections.projecting import Place
from mfa_projections.projecting.versions import Version
from support.one_partition import told
from support.rebuilds import (
    FOUND,
    ONE,
    TwoPartitions,
    corrupt,
    differing,
    in_one,
    left_out,
    rebuild_of,
    sequences,
    work,
    worked,
)
from support.tables import NOW
from support.versions import MemoryVersions


async def test_readers_are_shown_the_next_version_with_all_partitions_folded() -> None:
    log, database = TwoPartitions({0: told(3), 1: in_one(told(2, "bob"))}), MemoryVersions()
    applied: list[int] = []

    rebuilt = await rebuild_of(log, database, applied).run()

    assert (rebuilt.before, rebuilt.version, rebuilt.shown) == (Version(1, 1), Version(2, 1), True)
    assert (sum(applied), database.kept.shown, sequences(database)) == (5, [1, 2], {"ann": 3, "bob": 2})


async def test_versions_that_are_the_same_do_not_differ() -> None:
    log, database = await worked(told(3), in_one(told(2, "bob")))

    rebuilt = await rebuild_of(log, database).run()

    assert (differing(rebuilt), left_out(rebuilt)) == ({}, {()})
    assert {row.table: row.rows for row in rebuilt.compared} == {
        "status": 2,
        "enrollments": 2,
        "recovery_codes": 2,
        "event_history": 5,
    }


async def test_a_row_that_was_changed_differs_and_is_right_afterwards() -> None:
    log, database = await worked(told(3), in_one(told(2, "bob")))
    right = dict(database.kept.readers.status)
    corrupt(database)

    rebuilt = await rebuild_of(log, database).run()

    assert differing(rebuilt) == {"status": 1}
    assert database.kept.readers.status == right


async def test_where_a_worker_is_behind_the_two_are_compared_up_to_there_and_readers_get_all() -> None:
    log, database = TwoPartitions({0: told(3)}), MemoryVersions()
    await work(log, database, 0, until=1)
    corrupt(database)

    rebuilt = await rebuild_of(log, database).run()

    assert (differing(rebuilt), left_out(rebuilt), sequences(database)) == ({"status": 1}, {()}, {"ann": 3})


async def test_a_version_that_stands_beyond_the_log_is_not_compared_there() -> None:
    log, database = await worked(told(3), in_one(told(2, "bob")))
    log.records[0] = log.records[0][:2]

    rebuilt = await rebuild_of(log, database).run()

    assert (differing(rebuilt), left_out(rebuilt), sequences(database)) == ({}, {(0,)}, {"ann": 2, "bob": 2})


async def test_a_version_of_another_log_is_not_compared_at_all() -> None:
    log, database = await worked(told(3), in_one(told(2, "bob")))
    database.kept.logs["views", 1] = LogIdentity("another", 2, {"events": "b"})

    rebuilt = await rebuild_of(log, database).run()

    assert {row.differ for row in rebuilt.compared} == {None}
    assert (database.kept.logs["views", 2], sequences(database)) == (FOUND, {"ann": 3, "bob": 2})


async def test_a_version_of_another_log_passes_on_no_freshness() -> None:
    log, database = await worked(told(3))
    database.kept.logs["views", 1] = LogIdentity("another", 2, {"events": "b"})

    await rebuild_of(log, database).run()

    assert Place("views", 2, Partition(0)) not in database.kept.caught_up_at


async def test_what_is_shown_is_as_fresh_as_what_was_shown() -> None:
    log, database = await worked(told(3))

    await rebuild_of(log, database).run()

    assert database.kept.caught_up_at[Place("views", 2, Partition(0))] == NOW


async def test_to_compare_only_leaves_nothing_behind() -> None:
    log, database = await worked(told(3))
    corrupt(database)

    rebuilt = await rebuild_of(log, database).run(only_compare=True)

    assert (differing(rebuilt), rebuilt.shown) == ({"status": 1}, False)
    assert (set(database.kept.versions), database.kept.shown) == ({1}, [1])
    assert {place.version for place in database.kept.offsets} == {1}


async def test_a_break_leaves_the_version_that_readers_are_shown_as_it_was() -> None:
    log, database = await worked(told(4))
    before = database.kept.readers
    log.records[0][2] = replace(log.records[0][2], value=b"no event")

    with pytest.raises(HaltedError, match="offset 2"):
        await rebuild_of(log, database).run()

    assert (database.kept.readers, set(database.kept.versions), database.kept.shown) == (before, {1}, [1])


async def test_a_rebuild_that_is_cut_short_leaves_nothing() -> None:
    log, database = await worked(told(3))
    reached = asyncio.Event()

    async def for_ever(_: Partition) -> None:
        reached.set()
        await asyncio.Event().wait()

    log.before = for_ever
    task = asyncio.create_task(rebuild_of(log, database).run())
    await reached.wait()
    task.cancel()
    await asyncio.wait([task])

    assert (task.cancelled(), set(database.kept.versions), database.kept.shown) == (True, {1}, [1])


async def test_a_broker_that_goes_away_is_said_when_all_partitions_have_stopped() -> None:
    async def away(partition: Partition) -> None:
        if partition == ONE:
            raise BrokerError("away")
        await asyncio.Event().wait()

    log = TwoPartitions({0: told(1), 1: in_one(told(1, "bob"))}, before=away)

    with pytest.raises(BrokerError):
        await rebuild_of(log, MemoryVersions()).run()

    assert sorted(log.left) == [0, 1]


async def test_a_reading_that_a_break_has_ended_is_closed() -> None:
    log = TwoPartitions({0: [replace(told(1)[0], value=b"no event")]})

    with pytest.raises(HaltedError):
        await rebuild_of(log, MemoryVersions()).run()

    assert log.left == [0]


async def test_a_log_without_its_beginning_cannot_be_rebuilt_from() -> None:
    with pytest.raises(LogIdentityError, match="cut or made anew"):
        await rebuild_of(TwoPartitions({0: told(3), 1: []}, start=1), MemoryVersions()).run()


async def test_only_one_rebuilds_at_a_time() -> None:
    log, database = await worked(told(1))
    async with database.alone():
        with pytest.raises(RebuildRunningError):
            await rebuild_of(log, database).run()
        with pytest.raises(RebuildRunningError):
            await rebuild_of(log, database).back()

    assert set(database.kept.versions) == {1}
