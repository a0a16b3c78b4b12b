"""Migrations: in order, each whole or not at all, by one process at a time; and schema.sql tells what they make."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from mfa_local.databases import copy_database, drop_database
from mfa_local.errors import MigrationError
from mfa_local.migrations import Migration, migrate, migrations, parse
from mfa_local.schema import committed, dump
from support.backends import own_loop, unique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_local.connection import Connection


@pytest.fixture
def empty_database(stack: Connection) -> Iterator[str]:
    with own_loop() as loop:
        url = loop.run_until_complete(copy_database(stack.database_url, "template0", unique("empty_")))
        yield url
        loop.run_until_complete(drop_database(url))


async def test_the_migrations_of_an_empty_database_add_up_to_the_committed_schema(empty_database: str) -> None:
    shape = await dump(empty_database, await migrate(empty_database, migrations()))

    assert shape == committed().read_text(encoding="utf-8"), "make it anew: python -m mfa_local.dump_schema"


async def test_a_changed_column_changes_the_dumped_schema(database_url: str) -> None:
    await _run(database_url, "alter table mfa.projection_checkpoint add column surplus text")

    assert await dump(database_url, migrations()) != committed().read_text(encoding="utf-8")


async def test_every_migration_can_be_undone_and_done_again(empty_database: str) -> None:
    await migrate(empty_database, migrations())
    for migration in reversed(migrations()):
        await _run(empty_database, migration.down)
    await _run(empty_database, "truncate public.schema_migrations")
    again = await migrate(empty_database, migrations())

    assert await dump(empty_database, again) == committed().read_text(encoding="utf-8")


async def test_what_the_database_has_seen_is_not_applied_again(empty_database: str) -> None:
    await migrate(empty_database, migrations())

    assert await migrate(empty_database, migrations()) == []


async def test_two_processes_that_migrate_at_once_take_turns(empty_database: str) -> None:
    slow = _migration("20990101000000", "create table once (); select pg_sleep(0.3);")
    first, second = await asyncio.gather(*(migrate(empty_database, [slow]) for _ in range(2)))

    assert sorted([len(first), len(second)]) == [0, 1]


async def test_a_migration_that_fails_leaves_nothing(empty_database: str) -> None:
    broken = _migration("20990101000000", "create table half (); select 1 / 0;")
    with pytest.raises(MigrationError, match=r"^20990101000000_a\.sql: failed, nothing of it was kept: division"):
        await migrate(empty_database, [broken])

    assert await _ask(empty_database, "select to_regclass('half') is null") is True


async def test_a_migration_that_cannot_be_recorded_leaves_nothing(empty_database: str) -> None:
    recorded = "insert into public.schema_migrations (version) values ('20990101000000');"
    with pytest.raises(MigrationError, match="duplicate key"):
        await migrate(empty_database, [_migration("20990101000000", f"create table half (); {recorded}")])

    assert await _ask(empty_database, "select to_regclass('half') is null") is True


async def test_a_database_of_a_newer_version_is_refused(empty_database: str) -> None:
    newer = _migration("20990101000000", "create table of_the_future ();")
    await migrate(empty_database, [newer])

    with pytest.raises(MigrationError, match=r"migrations that this version does not know: 20990101000000\. .*newer"):
        await migrate(empty_database, [])


def _migration(version: str, up: str) -> Migration:
    return parse(f"{version}_a.sql", f"-- A test.\n-- migrate:up\n{up}\n-- migrate:down\n")


async def _run(database_url: str, sql: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(sql)
    await connection.close()


async def _ask(database_url: str, sql: str) -> object:
    connection = await asyncpg.connect(database_url)
    answer = await connection.fetchval(sql)
    await connection.close()
    return answer
