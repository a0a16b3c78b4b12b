"""Who waits for whom in PostgreSQL, and for how long."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exactly_once import LogIdentity, Offset
from mfa_projections.adapters.postgres import PostgresDatabase
from mfa_projections.errors import OvertakenError, StoreError
from mfa_projections.projecting import Checkpoint, Views
from mfa_projections.wiring import database_at
from support.one_partition import PLACE, told
from support.reading import ask, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FOUND = LogIdentity("one", 2, {"events": "a"})


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


async def begin(database: PostgresDatabase) -> None:
    """A worker's first start, and its first batch."""
    try:
        next_offset = await database.next_offset(PLACE)
        async with database.transaction() as transaction:
            await transaction.move(PLACE, next_offset, Checkpoint(Offset(3)))
            await Views("events").apply(transaction, told(3)[next_offset:])
    except OvertakenError:
        pass


async def forget(database: PostgresDatabase) -> None:
    async with database.transaction() as transaction:
        await transaction.forget("views", 1)


async def test_what_a_worker_begins_while_all_is_forgotten_is_not_lost(database_url: str) -> None:
    async with database_at(database_url) as database:
        await database.log_of("views", 1, "events", FOUND)
        async with held(database_url, "select * from mfa.projection_log for update"):
            forgetting = asyncio.create_task(forget(database))
            await until(lambda: are_waiting(database_url, 1), "the forgetting waits half done")
            worker = asyncio.create_task(begin(database))

            async def worker_waits_or_is_done() -> bool:
                return worker.done() or await waiting(database_url) == 2

            await until(worker_waits_or_is_done, "the worker waits or is done")
        await asyncio.gather(forgetting, worker)
        next_offset = await database.next_offset(PLACE)

    (rows,) = await ask(database_url, "select count(*) from mfa.event_history")
    assert rows["count"] == next_offset


async def are_waiting(database_url: str, count: int) -> bool:
    return await waiting(database_url) == count


async def test_a_transaction_that_waits_too_long_is_given_up(database_url: str) -> None:
    async with asyncpg.create_pool(database_url, min_size=0) as pool:
        database = PostgresDatabase(pool, transaction_seconds=0.3)
        await database.next_offset(PLACE)
        async with held(database_url, "select * from mfa.projection_checkpoint for update"), asyncio.timeout(10):
            with pytest.raises(StoreError, match="in time"):
                async with database.transaction() as transaction:
                    await transaction.move(PLACE, Offset(0), Checkpoint(Offset(1)))


async def test_who_asks_how_the_database_is_does_not_wait_behind_the_work(database_url: str) -> None:
    async with database_at(database_url, most_connections=1) as database, database.transaction():
        assert await database.missing() is None
