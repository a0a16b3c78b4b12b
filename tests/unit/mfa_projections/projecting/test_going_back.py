"""Rebuilding while others work, and the version that was shown before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exactly_once import HaltedError
from mfa_projections.errors import BusyError, NoVersionBeforeError
from support.one_partition import told
from support.rebuilds import (
    Busy,
    Reluctant,
    TwoPartitions,
    corrupt,
    differing,
    left_out,
    rebuild_of,
    sequences,
    work,
    worked,
)
from support.versions import MemoryVersions


async def test_what_a_worker_takes_in_meanwhile_is_compared_and_shown() -> None:
    records = told(40)
    log = TwoPartitions({0: records[:3]})
    database = Busy(log, records[3:])
    await work(log, database, 0, 3)

    rebuilt = await rebuild_of(log, database).run()

    assert (differing(rebuilt), left_out(rebuilt)) == ({}, {()})
    assert sequences(database) == {"ann": len(log.records[0])}
    assert len(log.records[0]) > 3


async def test_readers_that_do_not_make_way_are_asked_again() -> None:
    database = Reluctant(3)

    await rebuild_of(TwoPartitions({0: told(3)}), database).run()

    assert (database.times, sequences(database)) == (0, {"ann": 3})


async def test_readers_that_never_make_way_keep_what_they_are_shown() -> None:
    database = Reluctant(1000)

    with pytest.raises(BusyError, match="calmer time"):
        await rebuild_of(TwoPartitions({0: told(3)}), database).run()

    assert (database.kept.shown, set(database.kept.versions)) == ([1], {1})


async def test_the_version_before_is_brought_to_the_end_and_shown() -> None:
    log, database = await worked(told(2))
    await rebuild_of(log, database).run()
    log.records[0] = told(3)

    rebuilt = await rebuild_of(log, database).back()

    assert (rebuilt.version.number, rebuilt.shown, sequences(database)) == (1, True, {"ann": 3})


async def test_from_back_there_is_a_way_forth() -> None:
    log, database = await worked(told(2))
    await rebuild_of(log, database).run()
    await rebuild_of(log, database).back()

    await rebuild_of(log, database).back()

    assert database.kept.shown[-1] == 2


async def test_a_version_that_is_gone_back_to_is_compared() -> None:
    log, database = await worked(told(2))
    await rebuild_of(log, database).run()
    corrupt(database)

    assert differing(await rebuild_of(log, database).back()) == {"status": 1}


async def test_a_version_that_cannot_be_brought_to_the_end_is_not_shown_and_is_kept() -> None:
    log, database = await worked(told(2))
    await rebuild_of(log, database).run()
    log.records[0] = [*told(2), replace(told(3)[2], value=b"no event")]

    with pytest.raises(HaltedError):
        await rebuild_of(log, database).back()

    assert (database.kept.shown[-1], set(database.kept.versions)) == (2, {1, 2})


async def test_a_version_of_another_shape_is_shown_as_it_is() -> None:
    log, database = await worked(told(2))
    database.shape = 2
    await rebuild_of(log, database).run()
    log.records[0] = told(3)

    rebuilt = await rebuild_of(log, database).back()

    assert (rebuilt.version.shape, rebuilt.compared, sequences(database)) == (1, (), {"ann": 2})


async def test_before_the_first_rebuild_there_is_no_way_back() -> None:
    log, database = await worked(told(1))

    with pytest.raises(NoVersionBeforeError):
        await rebuild_of(log, database).back()


async def test_the_version_shown_and_the_one_before_it_are_kept_and_no_other() -> None:
    log, database = await worked(told(1))
    for _ in range(3):
        await rebuild_of(log, database).run()

    assert (set(database.kept.versions), database.kept.shown[-2:]) == ({3, 4}, [3, 4])


async def test_what_a_killed_rebuild_has_left_is_dropped_by_the_next_one_even_if_that_fails() -> None:
    log, database = TwoPartitions({0: [replace(told(1)[0], value=b"no event")]}), MemoryVersions()
    left = await database.make()

    with pytest.raises(HaltedError):
        await rebuild_of(log, database).run()

    assert left.number not in database.kept.versions
