"""Who waits for whom in PostgreSQL, and for how long."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exactly_once import Offset
from mfa_projections.adapters.postgres import PostgresDatabase
from mfa_projections.errors import BusyError, StoreError
from mfa_projections.projecting import Checkpoint, Views
from mfa_projections.rebuild import versions_at
from mfa_projections.wiring import database_at
from support.one_partition import PLACE, told
from support.reading import ask, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mfa_projections.adapters.versions import PostgresVersions
    from mfa_projections.projecting.versions import Standing


@asynccontextmanager
async def held(database_url: str, query: str) -> AsyncIterator[None]:
    """Hold the locks of a query until the block ends."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute(query)
            yield
    finally:
        await connection.close()


async def waiting(database_url: str) -> int:
    query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    (row,) = await ask(database_url, query)
    return int(str(row["count"]))


async def test_a_version_that_is_held_does_not_move(database_url: str) -> None:
    async with versions_at(database_url) as database:
        await database.next_offset(PLACE)
        async with database.held(1) as standing:
            worker = asyncio.create_task(work(database))
            await until(lambda: are_waiting(database_url, 1), "the worker waits")
        await worker

        assert list(standing.values()) == [0]
        assert await database.next_offset(PLACE) == 3


async def test_a_version_is_held_once_the_batch_under_way_has_come_to_its_end(database_url: str) -> None:
    async with versions_at(database_url) as database:
        await database.next_offset(PLACE)
        async with database.transaction(1) as transaction:
            await transaction.move(PLACE, Offset(0), Checkpoint(Offset(3)))
            holder = asyncio.create_task(standing_of(database))
            await until(lambda: are_waiting(database_url, 1), "the holder waits")

        assert list((await holder).values()) == [3]


async def test_another_version_does_not_wait_for_one_that_is_held(database_url: str) -> None:
    async with versions_at(database_url) as database:
        await database.next_offset(PLACE)
        made = await database.make()
        place = replace(PLACE, version=made.number)
        async with database.held(1), asyncio.timeout(10):
            assert await database.next_offset(place) == 0
            async with database.transaction(made.number) as transaction:
                await transaction.move(place, Offset(0), Checkpoint(Offset(3)))


async def test_readers_that_do_not_make_way_keep_their_version_and_are_not_kept_waiting(database_url: str) -> None:
    async with versions_at(database_url) as database:
        made = await database.make()
        async with held(database_url, "select count(*) from mfa.status"), asyncio.timeout(10):
            with pytest.raises(BusyError):
                async with database.transaction(made.number) as transaction:
                    await transaction.show(1, made.number)

        assert await database.active() == 1


async def test_a_circle_of_readers_and_who_shows_another_version_never_ends_a_reader(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    async with versions_at(database_url) as database:
        made = await database.make()
        async with connection.transaction():
            # The last name is taken, so that all before it are changed when the wait begins.
            await connection.fetch("select * from mfa.status")
            showing = asyncio.create_task(shown(database, made.number))
            await until(lambda: are_waiting(database_url, 1), "who shows it waits")
            assert await connection.fetchval("select count(*) from mfa.checkpoint") == 0
        with pytest.raises(BusyError):
            await showing
    await connection.close()


async def work(database: PostgresVersions) -> None:
    async with database.transaction(1) as transaction:
        await transaction.move(PLACE, Offset(0), Checkpoint(Offset(3)))
        await Views("events").apply(transaction, told(3))


async def standing_of(database: PostgresVersions) -> Standing:
    async with database.held(1) as standing:
        return standing


async def shown(database: PostgresVersions, version: int) -> None:
    async with database.transaction(version) as transaction:
        await transaction.show(1, version)


async def are_waiting(database_url: str, count: int) -> bool:
    return await waiting(database_url) == count


async def test_a_transaction_that_waits_too_long_is_given_up(database_url: str) -> None:
    async with asyncpg.create_pool(database_url, min_size=0) as pool:
        database = PostgresDatabase(pool, transaction_seconds=0.3)
        await database.next_offset(PLACE)
        async with held(database_url, "select * from mfa.projection_checkpoint for update"), asyncio.timeout(10):
            with pytest.raises(StoreError, match="in time"):
                async with database.transaction(1) as transaction:
                    await transaction.move(PLACE, Offset(0), Checkpoint(Offset(1)))


async def test_who_asks_how_the_database_is_does_not_wait_behind_the_work(database_url: str) -> None:
    async with database_at(database_url, most_connections=1) as database, database.transaction(1):
        assert await database.missing() is None
