"""Rebuilding on a real Kafka and PostgreSQL beside a worker, readers and other rebuilds, and in front of a break."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from exactly_once import HaltedError
from mfa_local.migrations import migrations
from mfa_local.schema import committed, dump
from mfa_projections.adapters.statements import sql
from mfa_projections.errors import NoVersionBeforeError
from mfa_projections.rebuild import rebuilding
from support.facts import Life
from support.reading import append, append_values, ask, everything, execute, own_topics, reading, until, until_rows
from support.rebuilds import differing, left_out

if TYPE_CHECKING:
    from mfa_projections.wiring import Topics


def lives(turns: int = 10) -> list[Life]:
    told = [Life("acme", f"user-{number}", partition=number % 2) for number in range(4)]
    for life in told:
        life.enrolled(personal={"device_label": "a phone"})
        life.issued()
        for failures in range(1, turns - 1):
            life.rejected(failures)
    return told


@pytest.fixture
async def names(kafka_bootstrap: str, database_url: str, topic_prefix: str) -> Topics:
    """Topics with 40 events that are all applied."""
    names = await own_topics(kafka_bootstrap, topic_prefix)
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, lives())
        await until_rows(database_url, "audit_record", 40)
        await until_rows(database_url, "event_history", 40)
    return names


async def test_the_tables_that_are_made_for_version_1_are_those_of_the_migrations(database_url: str) -> None:
    await ask(database_url, "drop schema views_v1 cascade")
    for statement in (sql("tables", 1), "select mfa.show_version(1, 1)"):
        await execute(database_url, statement)

    assert await dump(database_url, migrations()) == committed().read_text(encoding="utf-8")


async def test_a_rebuild_gives_the_same_rows(kafka_bootstrap: str, database_url: str, names: Topics) -> None:
    before = await everything(database_url)

    async with rebuilding(kafka_bootstrap, database_url, names=names) as work:
        rebuilt = await work.run()

    assert (differing(rebuilt), left_out(rebuilt)) == ({}, {()})
    assert {row.table: row.rows for row in rebuilt.compared} == {
        "status": 4,
        "enrollments": 4,
        "recovery_codes": 4,
        "event_history": 40,
        "audit_record": 40,
    }
    assert await everything(database_url) == before


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("status", "update views_v1.status set locked = not locked where user_id = 'user-1'"),
        ("enrollments", "update views_v1.enrollments set enrollments = '[]' where user_id = 'user-1'"),
        ("recovery_codes", "delete from views_v1.recovery_codes where user_id = 'user-1'"),
        ("event_history", "update views_v1.event_history set event = '{}' where (user_id, sequence) = ('user-1', 3)"),
        ("audit_record", "delete from views_v1.audit_record where (user_id, sequence) = ('user-2', 10)"),
    ],
)
async def test_a_row_that_was_changed_is_told_and_is_right_afterwards(
    kafka_bootstrap: str, database_url: str, names: Topics, table: str, change: str
) -> None:
    before = await everything(database_url)
    await execute(database_url, f"alter table views_v1.{table} disable trigger user; {change}")

    async with rebuilding(kafka_bootstrap, database_url, names=names) as work:
        rebuilt = await work.run()

    assert differing(rebuilt) == {table: 1}
    assert await everything(database_url) == before


async def test_to_compare_only_tells_and_changes_nothing(
    kafka_bootstrap: str, database_url: str, names: Topics
) -> None:
    await ask(database_url, "update views_v1.status set locked = not locked where user_id = 'user-1'")
    before = await everything(database_url)

    async with rebuilding(kafka_bootstrap, database_url, names=names) as work:
        rebuilt = await work.run(only_compare=True)

    assert (differing(rebuilt), await everything(database_url)) == ({"status": 1}, before)
    assert await schemas(database_url) == ["views_v1"]


async def test_a_version_before_is_shown_again_and_the_one_behind_it_too(
    kafka_bootstrap: str, database_url: str, names: Topics
) -> None:
    async with rebuilding(kafka_bootstrap, database_url, names=names) as work:
        await work.run()
        await append(kafka_bootstrap, names.events, [newcomer()])
        back = await work.back()
        numbers = [row["sequence"] for row in await ask(database_url, "select sequence from mfa.status")]
        forth = await work.back()

    assert (back.version.number, forth.version.number, len(numbers)) == (1, 2, 5)


def newcomer() -> Life:
    life = Life("acme", "newcomer")
    life.enrolled()
    return life


async def test_before_the_first_rebuild_there_is_no_way_back(
    kafka_bootstrap: str, database_url: str, names: Topics
) -> None:
    async with rebuilding(kafka_bootstrap, database_url, names=names) as work:
        with pytest.raises(NoVersionBeforeError, match="before the first rebuild"):
            await work.back()


async def test_of_two_rebuilds_at_once_one_says_that_the_other_runs(
    kafka_bootstrap: str, database_url: str, names: Topics
) -> None:
    ended = await asyncio.gather(
        *(rebuild(kafka_bootstrap, database_url, names) for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ended) == ["NoneType", "RebuildRunningError"]
    assert await schemas(database_url) == ["views_v1", "views_v2"]


async def rebuild(kafka_bootstrap: str, database_url: str, names: Topics) -> None:
    async with rebuilding(kafka_bootstrap, database_url, names=names) as work:
        await work.run()


DYING = """
import asyncio, os, signal, sys
from mfa_projections.rebuild import versions_at

async def die():
    async with versions_at(sys.argv[1]) as database, database.alone():
        await database.make()
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(die())
"""


async def test_a_rebuild_that_is_killed_is_in_nobodys_way_and_what_it_left_goes_with_the_next(
    kafka_bootstrap: str, database_url: str, names: Topics
) -> None:
    dying = await asyncio.create_subprocess_exec(sys.executable, "-c", DYING, database_url)
    await dying.wait()
    left = await schemas(database_url)

    async def lock_is_gone() -> bool:
        query = (
            "select from pg_locks join pg_database d on d.oid = database "
            "where locktype = 'advisory' and datname = current_database()"
        )
        return not await ask(database_url, query)

    await until(lock_is_gone, "the database has seen that the process is gone")
    await rebuild(kafka_bootstrap, database_url, names)

    assert (left, await schemas(database_url)) == (["views_v1", "views_v2"], ["views_v1", "views_v3"])


async def test_a_break_in_the_log_leaves_what_readers_are_shown_as_it_was(
    kafka_bootstrap: str, database_url: str, names: Topics
) -> None:
    before = await everything(database_url)
    await append_values(kafka_bootstrap, names.events, [(0, lives()[0].record_key, b"no event")])

    with pytest.raises(HaltedError, match="unreadable"):
        await rebuild(kafka_bootstrap, database_url, names)

    assert (await everything(database_url), await schemas(database_url)) == (before, ["views_v1"])


async def schemas(database_url: str) -> list[object]:
    query = "select nspname from pg_namespace where nspname like 'views_v%' order by 1"
    return [row["nspname"] for row in await ask(database_url, query)]
