"""Reading PostgreSQL for verification: one partition's rows in one snapshot, so that workers may go on meanwhile."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

import asyncpg

from mfa_cli.verify.errors import DatabaseAwayError
from mfa_cli.verify.history import Numbered
from mfa_projections.adapters import statements, view_rows

if TYPE_CHECKING:
    from array import array
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from uuid import UUID

    from mfa_cli.verify.rows import Row
    from mfa_projections.views import UserKey, UserRows

    Appending = Literal["history", "audit"]
    """The two tables that only grow."""

CHUNK: Final = 1000
"""So many rows are asked for at once."""


class Tables:
    """The rows as one transaction sees them."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection

    async def checkpoints(self, partition: int) -> Mapping[str, int]:
        """The next offset of each projection; none that has not begun."""
        found = await self._connection.fetch(_sql("checkpoints"), partition)
        return {row["projection"]: row["next_offset"] for row in found}

    async def views(self, users: Collection[UserKey]) -> Mapping[UserKey, UserRows]:
        """The view rows of those users that have all three."""
        columns = [list(column) for column in zip(*users, strict=True)]
        found = await self._connection.fetch(statements.sql("rows_load"), *columns)
        return {(row["tenant_id"], row["user_id"]): view_rows.loaded(row) for row in found}

    async def history(self, numbers: Collection[Numbered]) -> Mapping[Numbered, Row]:
        """The history rows with these numbers."""
        if not numbers:
            return {}
        columns = [list(column) for column in zip(*numbers, strict=True)]
        found = await self._connection.fetch(_sql("history_rows"), *columns)
        return {Numbered(row["tenant_id"], row["user_id"], row["sequence"]): dict(row) for row in found}

    async def audit(self, ids: Collection[UUID]) -> Mapping[UUID, Row]:
        """The audit rows with these ids."""
        found = await self._connection.fetch(_sql("audit_rows"), list(ids))
        return {row["id"]: dict(row) for row in found}

    async def strays(self, table: Appending, partition: int, known: array[int], found: int) -> Sequence[str]:
        """Rows of a partition beside those that were ``found`` for its ``known`` offsets, the first few by name."""
        count = await self._connection.fetchval(_sql(f"{table}_count"), partition)
        if count == found:
            return ()
        rows = await self._connection.fetch(_sql(f"{table}_strays"), partition, list(known))
        return [row["place"] for row in rows] or [f"partition {partition}: {count} rows, {found} expected"]

    async def view_strays(self) -> Sequence[str]:
        """Rows of users without a history."""
        return [row["place"] for row in await self._connection.fetch(_sql("view_strays"))]


class Database:
    """A connection that looks at one moment after the other."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection

    async def checkpoints(self, partition: int) -> Mapping[str, int]:
        """Where the projections stand right now."""
        return await Tables(self._connection).checkpoints(partition)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Tables]:
        """All tables as they are at this moment, until the end of the block."""
        async with self._connection.transaction(isolation="repeatable_read", readonly=True):
            yield Tables(self._connection)


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Database]:
    """The database at ``postgresql://…`` until the end of the block."""
    try:
        connection = await asyncpg.connect(url)
        try:
            yield Database(connection)
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseAwayError(error) from error


def _sql(name: str) -> str:
    return files("mfa_cli.verify").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
