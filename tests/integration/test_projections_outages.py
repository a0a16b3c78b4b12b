"""What the read side does when it is overtaken, torn in the middle, or left without its database."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest

from exactly_once import Offset, Partition, Record
from mfa_contracts.codec import encode
from mfa_projections.adapters.health import why_not_ready
from mfa_projections.adapters.postgres import MIGRATION
from mfa_projections.errors import OvertakenError, RowRefusedError, StoreError
from mfa_projections.projecting import Checkpoint, Place, Views
from mfa_projections.wiring import Topics, database_at
from support.cut import way_to
from support.facts import Life
from support.reading import append, ask, own_topics, reading, until, until_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from mfa_projections.adapters.postgres import PostgresDatabase
    from mfa_projections.wiring import Service

PLACE = Place("views", 1, Partition(0))


def records(life: Life) -> list[Record]:
    return [
        Record(Partition(0), Offset(offset), 0, 0, life.record_key, encode(event))
        for offset, event in enumerate(life.events)
    ]


def ann() -> Life:
    life = Life()
    life.enrolled()
    life.issued()
    return life


@asynccontextmanager
async def begun(database_url: str) -> AsyncIterator[PostgresDatabase]:
    async with database_at(database_url) as database:
        assert await database.next_offset(PLACE) == 0
        yield database


async def apply(database: PostgresDatabase, expected: int, told: Sequence[Record]) -> None:
    async with database.transaction(1) as transaction:
        await transaction.move(PLACE, Offset(expected), Checkpoint(Offset(told[-1].offset + 1)))
        await Views().apply(transaction, told)


async def test_a_zombie_fails_on_the_checkpoint_and_writes_nothing(database_url: str) -> None:
    async with begun(database_url) as database:
        await apply(database, 0, records(ann())[:1])
        with pytest.raises(OvertakenError):
            await apply(database, 0, records(ann()))

    assert await ask(database_url, "select sequence from mfa.status") == [{"sequence": 1}]


async def test_nothing_of_a_batch_is_kept_when_it_is_torn_before_the_commit(database_url: str) -> None:
    async with begun(database_url) as database:
        with pytest.raises(ZeroDivisionError):
            await torn(database)
        kept = await ask(database_url, "select sequence from mfa.status")
        next_offset = await database.next_offset(PLACE)

        await apply(database, 0, records(ann()))

    assert (kept, next_offset) == ([], 0)
    assert await ask(database_url, "select sequence from mfa.status") == [{"sequence": 2}]


async def torn(database: PostgresDatabase) -> None:
    async with database.transaction(1) as transaction:
        await transaction.move(PLACE, Offset(0), Checkpoint(Offset(2)))
        await Views().apply(transaction, records(ann()))
        raise ZeroDivisionError


async def test_a_row_that_its_table_refuses_is_no_outage_and_is_not_quoted(database_url: str) -> None:
    await ask(database_url, "alter table views_v1.status add constraint nobody check (user_id <> 'ann')")

    async with begun(database_url) as database:
        with pytest.raises(RowRefusedError, match="nobody") as raised:
            await apply(database, 0, records(ann()))

    assert "acme" not in str(raised.value)


@pytest.mark.parametrize("table", ["event_history", "audit_record"])
@pytest.mark.parametrize("change", ["update views_v1.{} set tenant_id = 'x'", "delete from views_v1.{}"])
async def test_history_is_not_mended(database_url: str, table: str, change: str) -> None:
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await ask(database_url, change.format(table))


async def test_a_database_without_the_tables_is_not_ready_and_says_what_to_do(database_url: str) -> None:
    await ask(database_url, "delete from public.schema_migrations where version = $1", MIGRATION)

    async with database_at(database_url) as database:
        told = await database.missing()

    assert told is not None
    assert MIGRATION in told


async def test_a_database_that_is_away_is_an_outage(database_url: str) -> None:
    async with way_to(database_url) as (way, url), begun(url) as database:
        way.cut()
        with pytest.raises(StoreError):
            await database.next_offset(PLACE)

        way.mend()
        assert await database.next_offset(PLACE) == 0


async def test_a_worker_goes_on_when_its_database_is_back(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), ann()
    async with way_to(database_url) as (way, url), reading(kafka_bootstrap, url, names, topic_prefix) as parts:
        await until_ready(parts)
        way.cut()
        await append(kafka_bootstrap, names.events, [told])
        away = await until_not_ready(parts)
        way.mend()
        await until_rows(database_url, "event_history", 2)
        await until_ready(parts)

    assert any(reason.startswith("database: ") for reason in away)


async def test_a_worker_starts_while_its_database_is_away(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), ann()
    await append(kafka_bootstrap, names.events, [told])
    async with way_to(database_url) as (way, url):
        way.cut()
        async with reading(kafka_bootstrap, url, names, topic_prefix) as parts:
            assert await missing(parts)
            way.mend()
            await until_rows(database_url, "event_history", 2)


async def test_a_worker_starts_while_kafka_is_away(kafka_bootstrap: str, database_url: str, topic_prefix: str) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), ann()
    await append(kafka_bootstrap, names.events, [told])
    async with reading("127.0.0.1:1", database_url, names, topic_prefix) as parts:

        async def says_so() -> bool:
            return all(part.broker_error for part in parts.status().values())

        await until(says_so, "each part says that the broker is away")
        away = await missing(parts)

    assert [reason.partition(":")[0] for reason in away] == ["relay", "views", "audit"]


async def test_a_worker_without_its_topics_says_which_one_is_missing(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names = Topics(f"{topic_prefix}events", f"{topic_prefix}audit", f"{topic_prefix}audit.state")
    async with reading(kafka_bootstrap, database_url, names, topic_prefix) as parts:

        async def says_so() -> bool:
            return any(names.events in reason for reason in await missing(parts))

        await until(says_so, "the missing topic is named")


async def missing(parts: Service) -> list[str]:
    return why_not_ready(parts.status(), await parts.database.missing())


async def until_ready(parts: Service) -> None:
    async def ready() -> bool:
        return not await missing(parts)

    await until(ready, "the service is ready")


async def until_not_ready(parts: Service) -> list[str]:
    async def away() -> bool:
        return bool(await missing(parts))

    await until(away, "the service is not ready")
    return await missing(parts)
