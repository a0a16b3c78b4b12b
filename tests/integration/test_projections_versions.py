"""What a rebuild may rely on in a database: PostgreSQL and the one in memory keep the same contract."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from exactly_once import LogIdentity, Offset, Partition
from mfa_projections.errors import RebuildRunningError, StoreError
from mfa_projections.projecting import Checkpoint, Place
from mfa_projections.projecting.folding import fold
from mfa_projections.projecting.versions import Version, Versions
from mfa_projections.rebuild import versions_at
from support.facts import Life
from support.one_partition import ZERO, told
from support.reading import ask
from support.versions import MemoryVersions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from mfa_projections.projecting.versions import VersionedDatabase

ONE, TWO = LogIdentity("one", 2, {"events": "a"}), LogIdentity("two", 2, {"events": "b"})
FIRST, SECOND = Place("views", 1, ZERO), Place("views", 2, ZERO)


@pytest.fixture(params=["memory", "postgres"])
def address(request: pytest.FixtureRequest) -> str | None:
    return str(request.getfixturevalue("database_url")) if request.param == "postgres" else None


@pytest.fixture
async def database(address: str | None) -> AsyncIterator[VersionedDatabase]:
    if address is None:
        yield MemoryVersions()
        return
    async with versions_at(address) as real:
        yield real


async def fill(database: VersionedDatabase, place: Place, log: LogIdentity = ONE, *, age: float | None = None) -> None:
    """Ann's first two events at a place that nobody has been at, and Bob's in the other partition."""
    for partition, user in ((ZERO, "ann"), (Partition(1), "bob")):
        at = Place(place.projection, place.version, partition)
        life = Life("acme", user)
        life.enrolled()
        life.issued()
        records = [replace(record, partition=partition) for record in told(2)]
        await database.log_of(at.projection, at.version, "events", log)
        await database.next_offset(at)
        async with database.transaction(at.version) as transaction:
            await transaction.move(at, Offset(0), Checkpoint(Offset(2), age))
            await transaction.write(fold({}, {}, list(zip(records, life.events, strict=True))))


async def number_of_ann(database: VersionedDatabase, version: int) -> int:
    async with database.transaction(version) as transaction:
        rows = await transaction.rows([("acme", "ann")])
        return rows["acme", "ann"].status.sequence if rows else 0


async def show(database: VersionedDatabase, shown: int, following: int) -> None:
    async with database.transaction(following) as transaction:
        await transaction.show(shown, following)


async def compare(database: VersionedDatabase, table: str, *left_out: int) -> tuple[int, int | None]:
    async with database.snapshot() as snapshot:
        row = await snapshot.compare(1, 2, table, [Partition(n) for n in left_out])
        return row.rows, row.differ


async def moment(address: str | None, database: VersionedDatabase, place: Place) -> datetime | None:
    if isinstance(database, MemoryVersions):
        return database.kept.caught_up_at.get(place)
    assert address is not None
    query = "select caught_up_at from mfa.projection_checkpoint where version = $1 and partition = $2"
    found = await ask(address, query, place.version, place.partition)
    return found[0]["caught_up_at"] if found else None  # type: ignore[return-value] # a timestamp by its name


async def test_at_first_there_is_one_version(database: VersionedDatabase) -> None:
    assert (await database.active(), await database.versions()) == (1, Versions(Version(1, 1), None))


async def test_a_version_that_is_made_is_empty_and_not_shown(database: VersionedDatabase) -> None:
    await fill(database, FIRST)

    made = await database.make()

    assert (made, await database.active(), await number_of_ann(database, 2)) == (Version(2, 1), 1, 0)


async def test_what_is_written_to_one_version_is_not_in_another(database: VersionedDatabase) -> None:
    await database.make()
    await fill(database, SECOND)

    assert [await number_of_ann(database, version) for version in (1, 2)] == [0, 2]


async def test_the_version_that_is_shown_next_has_the_other_before_it(database: VersionedDatabase) -> None:
    await database.make()
    await show(database, 1, 2)

    assert (await database.active(), await database.versions()) == (2, Versions(Version(2, 1), Version(1, 1)))


async def test_a_version_can_be_shown_again(database: VersionedDatabase) -> None:
    await database.make()
    await show(database, 1, 2)
    await show(database, 2, 1)

    assert await database.versions() == Versions(Version(1, 1), Version(2, 1))


async def test_only_what_is_shown_can_be_followed_by_another(database: VersionedDatabase) -> None:
    await database.make()
    await database.make()
    await show(database, 1, 2)

    with pytest.raises(StoreError):
        await show(database, 1, 3)
    assert await database.active() == 2


async def test_nothing_is_shown_by_a_block_that_fails(database: VersionedDatabase) -> None:
    await database.make()

    with pytest.raises(ZeroDivisionError):
        await torn(database)
    assert await database.active() == 1


async def torn(database: VersionedDatabase) -> None:
    async with database.transaction(2) as transaction:
        await transaction.show(1, 2)
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("log", "offset", "passed_on"), [(ONE, 2, True), (ONE, 1, False), (TWO, 2, False)], ids=["same", "behind", "other"]
)
async def test_freshness_is_passed_on_to_who_stands_as_far_in_the_same_log(
    address: str | None, database: VersionedDatabase, log: LogIdentity, offset: int, *, passed_on: bool
) -> None:
    await database.make()
    await fill(database, FIRST, age=60.0)
    await database.log_of("views", 2, "events", log)
    await database.next_offset(SECOND)
    async with database.transaction(2) as transaction:
        await transaction.move(SECOND, Offset(0), Checkpoint(Offset(offset)))
        await transaction.show(1, 2)

    was = await moment(address, database, FIRST)
    assert was is not None
    assert await moment(address, database, SECOND) == (was if passed_on else None)


async def test_what_is_fresher_is_not_made_older(address: str | None, database: VersionedDatabase) -> None:
    await database.make()
    await fill(database, SECOND, age=0.0)
    await fill(database, FIRST, age=60.0)
    was = await moment(address, database, SECOND)
    await show(database, 1, 2)

    assert was is not None
    assert await moment(address, database, SECOND) == was


async def test_what_is_dropped_leaves_nothing(database: VersionedDatabase) -> None:
    await database.make()
    await fill(database, SECOND)
    await database.drop(2)

    async with database.snapshot() as snapshot:
        assert await snapshot.standing(2) == {}
    with pytest.raises(StoreError):
        await number_of_ann(database, 2)


async def test_what_readers_are_shown_is_not_dropped(database: VersionedDatabase) -> None:
    await fill(database, FIRST)
    await database.drop(1)

    assert (await database.active(), await number_of_ann(database, 1)) == (1, 2)


async def test_a_number_is_never_given_twice(database: VersionedDatabase) -> None:
    await database.drop((await database.make()).number)

    assert (await database.make()).number == 3


async def test_what_is_shown_and_what_was_shown_before_it_stay_when_all_is_tidied(database: VersionedDatabase) -> None:
    for version in (1, 2):
        await database.make()
        await show(database, version, version + 1)
    await database.make()
    await database.tidy()

    assert await database.versions() == Versions(Version(3, 1), Version(2, 1))
    for gone in (1, 4):
        with pytest.raises(StoreError):
            await number_of_ann(database, gone)


async def test_who_is_alone_is_alone_until_the_end(database: VersionedDatabase) -> None:
    async with database.alone():
        with pytest.raises(RebuildRunningError):
            async with database.alone():
                pass
    async with database.alone():
        pass


async def test_a_snapshot_shows_what_was_there_at_the_first_question(database: VersionedDatabase) -> None:
    await database.make()
    async with database.snapshot() as snapshot:
        await fill(database, FIRST)
        first = await snapshot.standing(1)
        await fill(database, SECOND)
        second = await snapshot.standing(2)
        row = await snapshot.compare(1, 2, "status", ())

    assert (list(first.values()), second, row.rows, row.differ) == ([2, 2], {}, 0, 2)


@pytest.mark.parametrize(
    ("table", "rows"), [("status", 2), ("enrollments", 2), ("recovery_codes", 2), ("event_history", 4)]
)
async def test_rows_that_one_version_lacks_differ(database: VersionedDatabase, table: str, rows: int) -> None:
    await database.make()
    await fill(database, FIRST)
    lacking = await compare(database, table)
    await fill(database, SECOND)

    assert (lacking, await compare(database, table)) == ((0, rows), (rows, 0))


@pytest.mark.parametrize(("table", "rows"), [("status", 1), ("event_history", 2)])
@pytest.mark.parametrize("filled", [FIRST, SECOND], ids=["shown", "following"])
async def test_rows_of_partitions_left_out_are_not_looked_at(
    database: VersionedDatabase, filled: Place, table: str, rows: int
) -> None:
    await database.make()
    await fill(database, filled)

    assert await compare(database, table, 1) == (0 if filled is FIRST else rows, rows)
