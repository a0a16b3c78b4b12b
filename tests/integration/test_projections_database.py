"""What the projectors may rely on in a database: PostgreSQL and the one in memory keep the same contract."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from exactly_once import LogIdentity, Offset
from mfa_projections.errors import OvertakenError, RowRefusedError
from mfa_projections.projecting import Checkpoint, Head, Place
from mfa_projections.projecting.folding import fold
from mfa_projections.projecting.ports import AuditRow, Numbered
from mfa_projections.streams import recorded
from mfa_projections.wiring import database_at
from support.facts import Life
from support.one_partition import ZERO, told
from support.reading import ask
from support.tables import NOW, MemoryDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from mfa_projections.projecting import Database
    from mfa_projections.projecting.ports import Changes

VIEWS, AUDIT = Place("views", 1, ZERO), Place("audit", 1, ZERO)
ANN = ("acme", "ann")
ONE, TWO = LogIdentity("one", 2, {"events": "a"}), LogIdentity("two", 2, {"events": "b"})


@pytest.fixture(params=["memory", "postgres"])
def address(request: pytest.FixtureRequest) -> str | None:
    return str(request.getfixturevalue("database_url")) if request.param == "postgres" else None


@pytest.fixture
async def database(address: str | None) -> AsyncIterator[Database]:
    if address is None:
        yield MemoryDatabase()
        return
    async with database_at(address) as real:
        yield real


def life() -> Life:
    ann = Life(*ANN)
    ann.enrolled()
    ann.issued()
    return ann


def changes() -> Changes:
    return fold({}, {}, list(zip(told(2), life().events, strict=True)))


def audit_rows() -> list[AuditRow]:
    return [AuditRow(recorded(event, 0, n), ZERO, Offset(n)) for n, event in enumerate(life().events)]


async def move(database: Database, place: Place, expected: int, checkpoint: Checkpoint) -> None:
    async with database.transaction(1) as transaction:
        await transaction.move(place, Offset(expected), checkpoint)
        # Another one has its turn before the commit, if it can.
        await asyncio.sleep(0)


async def fill(database: Database) -> None:
    for place in (VIEWS, AUDIT):
        await database.next_offset(place)
        await database.log_of(place.projection, 1, "events", ONE)
        await move(database, place, 0, Checkpoint(Offset(2), 0.0))
    async with database.transaction(1) as transaction:
        await transaction.write(changes())
        await transaction.write_audit(audit_rows())


async def last_number(database: Database) -> int:
    async with database.transaction(1) as transaction:
        rows = await transaction.rows([ANN])
        return rows[ANN].status.sequence if rows else 0


async def caught_up_at(address: str | None, database: Database) -> datetime | None:
    if isinstance(database, MemoryDatabase):
        return database.kept.caught_up_at.get(VIEWS)
    query = "select (select caught_up_at from mfa.checkpoint where projection = 'views') as moment"
    return await moment(address, query)


async def clock(address: str | None) -> datetime:
    now = NOW if address is None else await moment(address, "select clock_timestamp() as moment")
    assert now is not None
    return now


async def moment(address: str | None, query: str) -> datetime | None:
    assert address is not None
    ((found,),) = [row.values() for row in await ask(address, query)]
    return found  # type: ignore[return-value] # a timestamp by its name


async def test_a_place_that_nobody_has_been_at_is_the_beginning(database: Database) -> None:
    assert [await database.next_offset(VIEWS), await database.next_offset(VIEWS)] == [0, 0]


async def test_a_checkpoint_moves_only_from_where_it_is_expected(database: Database) -> None:
    await database.next_offset(VIEWS)
    await move(database, VIEWS, 0, Checkpoint(Offset(2)))

    with pytest.raises(OvertakenError):
        await move(database, VIEWS, 0, Checkpoint(Offset(3)))
    assert await database.next_offset(VIEWS) == 2


async def test_a_checkpoint_that_nobody_has_begun_does_not_move(database: Database) -> None:
    with pytest.raises(OvertakenError):
        await move(database, VIEWS, 0, Checkpoint(Offset(2)))


async def test_of_two_at_once_one_is_overtaken(database: Database) -> None:
    await database.next_offset(VIEWS)

    both = (move(database, VIEWS, 0, Checkpoint(Offset(2))) for _ in range(2))
    ended = await asyncio.gather(*both, return_exceptions=True)

    assert sorted(type(end).__name__ for end in ended) == ["NoneType", "OvertakenError"]


async def test_an_age_counts_back_on_the_databases_clock(address: str | None, database: Database) -> None:
    await database.next_offset(VIEWS)
    before = await clock(address)
    await move(database, VIEWS, 0, Checkpoint(Offset(2), 60.0))

    noted = await caught_up_at(address, database)
    minute = timedelta(seconds=60)
    assert noted is not None
    assert before - minute <= noted <= await clock(address) - minute


async def test_time_spent_in_the_transaction_makes_nothing_fresher(address: str | None, database: Database) -> None:
    await database.next_offset(VIEWS)
    async with database.transaction(1) as transaction:
        begun = await clock(address)
        await transaction.move(VIEWS, Offset(0), Checkpoint(Offset(2), 0.0))

    noted = await caught_up_at(address, database)
    assert noted is not None
    assert noted <= begun


async def test_a_move_without_an_age_leaves_the_moment_that_was_known(address: str | None, database: Database) -> None:
    await database.next_offset(VIEWS)
    await move(database, VIEWS, 0, Checkpoint(Offset(2), 0.0))
    noted = await caught_up_at(address, database)

    await move(database, VIEWS, 2, Checkpoint(Offset(3)))

    assert noted is not None
    assert await caught_up_at(address, database) == noted


async def test_what_is_written_is_found(database: Database) -> None:
    await fill(database)

    number = Numbered(*ANN, 2)
    async with database.transaction(1) as transaction:
        event = await transaction.events_taken([number, Numbered(*ANN, 3)])
        audited = await transaction.audit_taken([number, Numbered(*ANN, 3)])
        head = (await transaction.audit_heads([ANN, ("acme", "bob")])).get(ANN)
        rows = await transaction.rows([ANN, ("acme", "bob")])

    last = audit_rows()[-1].message
    assert (event, audited) == ({number: life().events[-1].id}, {number: last.id})
    assert head == Head(2, last.id)
    assert {key: row.status for key, row in rows.items()} == changes().status


async def test_a_number_that_stands_in_the_history_is_refused(database: Database) -> None:
    await fill(database)

    with pytest.raises(RowRefusedError):
        async with database.transaction(1) as transaction:
            await transaction.write(changes())


async def test_a_number_that_stands_in_the_audit_table_is_refused(database: Database) -> None:
    await fill(database)

    with pytest.raises(RowRefusedError):
        async with database.transaction(1) as transaction:
            await transaction.write_audit(audit_rows())


async def test_nothing_is_kept_of_a_block_that_fails(database: Database) -> None:
    await database.next_offset(VIEWS)

    with pytest.raises(ZeroDivisionError):
        await torn(database)

    assert (await database.next_offset(VIEWS), await last_number(database)) == (0, 0)


async def torn(database: Database) -> None:
    async with database.transaction(1) as transaction:
        await transaction.move(VIEWS, Offset(0), Checkpoint(Offset(2)))
        await transaction.write(changes())
        raise ZeroDivisionError


async def test_the_log_that_a_projection_began_on_is_noted_once(database: Database) -> None:
    assert [await database.log_of("views", 1, "events", found) for found in (ONE, TWO)] == [ONE, ONE]
