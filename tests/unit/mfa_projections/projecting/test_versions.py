"""Projectors beside a rebuild: they write what readers are shown, and nothing that has another shape than theirs."""

from __future__ import annotations

from exactly_once import Offset
from exactly_once.status import Waiting
from mfa_projections.projecting import Place
from mfa_projections.projecting import observations as seen
from support.one_partition import PLACE, ZERO, OnePartition, bench, told
from support.tables import MemoryDatabase, Rows

TWO = Place("views", 2, ZERO)


def show(database: MemoryDatabase, shape: int = 1) -> None:
    """Another version, which stands at the beginning."""
    database.kept.versions[2] = Rows(shape)
    database.kept.shown.append(2)


async def test_another_version_is_written_from_where_it_stands() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        await worker.deliver(records[:2])
        await worker.until_at(2)
        show(worker.database)
        await worker.until(lambda: TWO in worker.database.kept.offsets)
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until(lambda: worker.database.kept.offsets.get(TWO) == 3)

        assert worker.sequence() == 3
        assert worker.database.kept.versions[1].status["acme", "ann"].sequence == 2


async def test_a_change_of_versions_is_no_failure() -> None:
    async with bench(OnePartition(told())) as worker:
        await worker.until_ready()
        show(worker.database)
        await worker.until(lambda: TWO in worker.database.kept.offsets)

        assert not [n for n in worker.noted if isinstance(n, seen.ProjectorLost)]


async def test_tables_of_another_shape_are_waited_for_and_never_written() -> None:
    records, database = told(), MemoryDatabase()
    database.shape = 2
    async with bench(OnePartition(records), database) as worker:
        await worker.deliver(records)
        await worker.until(lambda: worker.projectors.status().partitions[ZERO].phase == Waiting("shape"))

        assert not worker.projectors.status().ready
        assert (database.kept.offsets, database.written) == ({}, [])


async def test_tables_of_its_own_shape_end_the_waiting() -> None:
    records, database = told(), MemoryDatabase()
    database.shape = 2
    async with bench(OnePartition(records), database) as worker:
        await worker.until(lambda: any(isinstance(n, seen.ProjectorLost) for n in worker.noted))
        show(database, shape=2)
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until(lambda: database.kept.offsets.get(TWO) == 3)

        assert PLACE not in database.kept.offsets


async def test_another_shape_put_before_readers_ends_the_writing() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        show(worker.database, shape=2)
        await worker.until(lambda: not worker.projectors.status().ready)
        await worker.deliver(records)

        assert [n.code for n in worker.noted if isinstance(n, seen.ProjectorLost)] == ["shape"]
        assert worker.database.kept.offsets[PLACE] == Offset(0)
