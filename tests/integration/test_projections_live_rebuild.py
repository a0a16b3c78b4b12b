"""Rebuilding on real servers while events come, a worker works and readers read; and in another shape."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from exactly_once.status import Waiting
from mfa_client.client import STALENESS
from mfa_client.status import Freshness, PostgresTables, status_of
from mfa_contracts.ids import TenantId, UserId
from mfa_projections.adapters.health import why_not_ready
from mfa_projections.adapters.statements import OURS, Shape, sql
from mfa_projections.rebuild import rebuilding
from support.appending import living
from support.reading import ask, own_topics, reading, until, until_rows
from support.rebuilds import differing, left_out

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from mfa_projections.projecting.rebuilding import Rebuilt
    from mfa_projections.wiring import Service, Topics
    from support.facts import Life

WANTED = Freshness(0, STALENESS, 0)

_UPSERT = """-- What the test's own shape has more: whether the directory has said anything.
insert into {views}.status (
    tenant_id, user_id, account_kind, protected_until, enrolled, must_enroll, mfa_version, sequence, last_event_id,
    locked, sessions_invalid_before, updated_at, classified
)
select u.*, u.kind is not null from unnest(
    $1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::boolean[], $6::boolean[], $7::bigint[], $8::bigint[],
    $9::uuid[], $10::boolean[], $11::timestamptz[], $12::timestamptz[]
) as u (tenant_id, user_id, kind)
on conflict (tenant_id, user_id) do update set
    enrolled = excluded.enrolled, must_enroll = excluded.must_enroll, mfa_version = excluded.mfa_version,
    sequence = excluded.sequence, last_event_id = excluded.last_event_id, locked = excluded.locked,
    updated_at = excluded.updated_at, classified = excluded.classified
"""


_LAST = "updated_at timestamptz not null,"


def wider(name: str, version: int) -> str:
    """The statements of tables with one more column."""
    if name == "status_upsert":
        return _UPSERT.replace("{views}", f"views_v{version:d}")
    text = sql(name, version)
    return text.replace(_LAST, f"{_LAST}\nclassified boolean,") if name == "tables" else text


WIDER = Shape(2, wider)


class Readers:
    """Look at the tables again and again, as a login service and a desk do."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self.looks: list[tuple[int, int, int, int]] = []

    async def look_until(self, over: asyncio.Event) -> None:
        connection, tables = await asyncpg.connect(self._url), PostgresTables(self._url)
        await tables.start()
        try:
            while not over.is_set():
                status = await status_of(tables, TenantId("acme"), UserId("user-0"), 0, WANTED)
                counts = await connection.fetchrow(
                    "select (select count(*) from mfa.event_history), (select count(*) from mfa.audit_record),"
                    " (select coalesce(sum(sequence), 0)::bigint from mfa.status)"
                )
                assert counts is not None
                self.looks.append((status.sequence, *counts.values()))
        finally:
            await tables.close()
            await connection.close()


@asynccontextmanager
async def readers(database_url: str) -> AsyncIterator[Readers]:
    """Readers as long as the block lasts; what they cannot bear ends the block."""
    over, told = asyncio.Event(), Readers(database_url)
    async with asyncio.TaskGroup() as group:
        group.create_task(told.look_until(over))
        yield told
        over.set()


async def rebuild(bootstrap: str, database_url: str, names: Topics, shape: Shape = OURS) -> Rebuilt:
    async with rebuilding(bootstrap, database_url, names=names, shape=shape) as work:
        return await work.run()


async def until_all(database_url: str, lives: Sequence[Life]) -> None:
    total = sum(len(life.events) for life in lives)
    await until_rows(database_url, "event_history", total)
    await until_rows(database_url, "audit_record", total)


async def until_fresh(database_url: str) -> None:
    async def fresh() -> bool:
        query = "select count(caught_up_at) from mfa.checkpoint where projection = 'views'"
        return (await ask(database_url, query))[0]["count"] == 2

    await until(fresh, "both partitions have caught up")


async def reasons(parts: Service) -> list[str]:
    return why_not_ready(parts.status(), await parts.database.missing())


async def test_readers_of_a_live_service_see_no_rebuild(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names = await own_topics(kafka_bootstrap, topic_prefix)
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await until_fresh(database_url)
        async with living(kafka_bootstrap, names.events) as lives, readers(database_url) as told:
            done = [await rebuild(kafka_bootstrap, database_url, names) for _ in range(3)]
        await until_all(database_url, lives)

    assert [(differing(each), left_out(each)) for each in done] == [({}, {()})] * 3
    assert len(told.looks) > 10
    assert all(list(column) == sorted(column) for column in zip(*told.looks, strict=True))
    async with rebuilding(kafka_bootstrap, database_url, names=names) as work:
        assert differing(await work.run(only_compare=True)) == {}


async def test_a_changed_view_is_built_beside_the_running_one_and_each_program_waits_for_its_own_shape(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names = await own_topics(kafka_bootstrap, topic_prefix)
    async with reading(kafka_bootstrap, database_url, names, topic_prefix) as old:
        await until_fresh(database_url)
        async with living(kafka_bootstrap, names.events) as lives:
            rebuilt = await rebuild(kafka_bootstrap, database_url, names, WIDER)
            await until(lambda: waits(old), "the worker of the other shape waits")
        said = await reasons(old)
        async with reading(kafka_bootstrap, database_url, names, f"{topic_prefix}new", WIDER) as new:
            await until_all(database_url, lives)
            rows = await ask(database_url, "select classified from mfa.status")
            async with rebuilding(kafka_bootstrap, database_url, names=names, shape=WIDER) as work:
                back = await work.back()
            await until(lambda: waits(new), "the worker of the newer shape waits")
        await until_all(database_url, lives)

    assert (rebuilt.version, differing(rebuilt)) == ((2, 2), {})
    assert any("expected tables of shape 1, readers are shown version 2 of shape 2" in each for each in said)
    assert rows == [{"classified": False}] * 4
    assert (back.version, back.compared) == ((1, 1), ())
    assert "classified" not in (await ask(database_url, "select * from mfa.status"))[0]


async def waits(parts: Service) -> bool:
    held = [*parts.views.status().partitions.values(), *parts.audit.status().partitions.values()]
    return bool(held) and all(each.phase == Waiting("shape") for each in held)


async def test_who_may_read_a_view_may_read_it_in_another_shape(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names = await own_topics(kafka_bootstrap, topic_prefix)
    await ask(database_url, "grant select on mfa.status to pg_monitor with grant option")
    await ask(database_url, "grant select on mfa.status to public")
    query = "select relacl::text as acl from pg_class where oid = 'mfa.status'::regclass"
    before = await ask(database_url, query)
    await rebuild(kafka_bootstrap, database_url, names, WIDER)
    async with rebuilding(kafka_bootstrap, database_url, names=names) as work:
        # Fewer columns: the view is made anew.
        await work.back()

    assert await ask(database_url, query) == before
