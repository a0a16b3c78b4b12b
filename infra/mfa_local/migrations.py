"""Plain SQL migrations in dbmate's format, applied in order, one transaction each, by one process at a time.

The table ``schema_migrations`` is dbmate's too, so an operator may use dbmate on the same files instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

from mfa_local.errors import MigrationError
from mfa_local.settings import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

_NAME: Final = re.compile(r"(?P<version>\d{14})_[a-z0-9_]+\.sql")
_UP: Final = re.compile(r"^-- migrate:up[ \t]*$", re.MULTILINE)
_DOWN: Final = re.compile(r"^-- migrate:down[ \t]*$", re.MULTILINE)
_LOCK: Final = 0x6D66_615F_6D69_6772
"""Of the advisory lock: the letters "mfa_migr"."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its version (14 digits, a time), its name, and what it does forwards and back."""

    version: str
    name: str
    up: str
    down: str


def migrations() -> tuple[Migration, ...]:
    """The migrations that come with this installation, oldest first."""
    return tuple(
        parse(file.name, file.read_text(encoding="utf-8"))
        for file in sorted(directory().joinpath("migrations").iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
    )


def directory() -> Traversable:
    """``infra/postgres``: inside the package in a wheel, beside it in a checkout."""
    inside = files("mfa_local").joinpath("postgres")
    return inside if inside.is_dir() else Path(CHECKOUT) / "infra" / "postgres"


def parse(name: str, text: str) -> Migration:
    """Read one file.

    Raises:
        MigrationError: the name or the two marks are not dbmate's.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise MigrationError(f"{name}: expected a name like 20261124000000_what_it_does.sql. Rename the file.")
    up, down = list(_UP.finditer(text)), list(_DOWN.finditer(text))
    if len(up) != 1 or len(down) != 1 or up[0].start() > down[0].start():
        raise MigrationError(f"{name}: expected one line '-- migrate:up' and after it one '-- migrate:down'. Add them.")
    return Migration(found["version"], name, text[up[0].end() : down[0].start()], text[down[0].end() :])


async def migrate(database_url: str, wanted: Sequence[Migration]) -> Sequence[Migration]:
    """Apply what the database has not seen; returns what was applied.

    Raises:
        MigrationError: a migration failed (nothing of it stays), or the database has one that ``wanted`` lacks.
    """
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        return await _apply(connection, wanted)
    finally:
        await connection.close()


async def _apply(connection: asyncpg.Connection[asyncpg.Record], wanted: Sequence[Migration]) -> Sequence[Migration]:
    await connection.execute("create table if not exists public.schema_migrations (version varchar primary key)")
    rows = await connection.fetch("select version from public.schema_migrations")
    applied = {row["version"] for row in rows}
    _must_know(applied, wanted)
    missing = [migration for migration in wanted if migration.version not in applied]
    for migration in missing:
        await _apply_one(connection, migration)
    return missing


def _must_know(applied: set[str], wanted: Sequence[Migration]) -> None:
    unknown = sorted(applied - {migration.version for migration in wanted})
    if unknown:
        raise MigrationError(
            f"the database has migrations that this version does not know: {', '.join(unknown)}. It was used by a "
            "newer version: use that one, or another database (`./run up --fresh` for the local one)."
        )


async def _apply_one(connection: asyncpg.Connection[asyncpg.Record], migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(migration.up)
            await connection.execute("insert into public.schema_migrations (version) values ($1)", migration.version)
    except asyncpg.PostgresError as error:
        raise MigrationError(
            f"{migration.name}: failed, nothing of it was kept: {error}. Mend the file and run again."
        ) from error
