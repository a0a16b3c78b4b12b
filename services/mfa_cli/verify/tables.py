"""Reading PostgreSQL for verification: one partition's rows in one snapshot, so that workers may go on meanwhile."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import asyncpg

from exactly_once.position import LogIdentity
from mfa_cli.verify.errors import DatabaseAwayError
from mfa_cli.verify.history import Numbered
from mfa_contracts.topics import AUDIT, EVENTS
from mfa_projections.adapters import view_rows

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

ANSWER_S: Final = 120.0
"""A question over a whole table may take long, but a server that stands still must not be waited for for ever."""

_CONNECT_S: Final = 10.0
_TOPICS: Final = {"views": EVENTS, "audit": AUDIT}


class Begun(NamedTuple):
    """A projection, and the log that it was begun on; None: it stands somewhere and has not said where."""

    projection: str
    log: LogIdentity | None


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
        found = await self._connection.fetch(_sql("view_rows"), *columns)
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

    async def outside(self, partitions: int) -> Sequence[tuple[str, str]]:
        """Rows of partitions that the log does not have: the table, and which row."""
        return [(row["name"], row["place"]) for row in await self._connection.fetch(_sql("outside"), partitions)]

    async def owners(self) -> AsyncIterator[tuple[str, UserKey]]:
        """Each row of the three views: which view, and whose it is."""
        async for row in self._connection.cursor(_sql("view_owners"), prefetch=CHUNK):
            yield row["name"], (row["tenant_id"], row["user_id"])

    async def newcomers(self, users: Collection[UserKey], until: Sequence[int]) -> Collection[UserKey]:
        """Those whose history begins after ``until``, the offset of each partition up to which it was looked at."""
        columns = [list(column) for column in zip(*users, strict=True)]
        found = await self._connection.fetch(_sql("newcomers"), *columns, list(until))
        return {(row["tenant_id"], row["user_id"]) for row in found}

    async def logs(self) -> Sequence[Begun]:
        """The log that each projection says that it was begun on."""
        return [_begun(row) for row in await self._connection.fetch(_sql("logs"))]


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
async def database(url: str, *, answer_s: float = ANSWER_S) -> AsyncIterator[Database]:
    """The database at ``postgresql://…`` until the end of the block; each question may take ``answer_s`` seconds.

    Raises:
        DatabaseAwayError: it does not answer, there or within the block.
    """
    try:
        connection = await asyncpg.connect(url, timeout=min(answer_s, _CONNECT_S), command_timeout=answer_s)
        try:
            yield Database(connection)
        finally:
            # At once: a server that stands still would be waited for once more.
            connection.terminate()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseAwayError(error) from error


def _begun(row: asyncpg.Record) -> Begun:
    if row["cluster_id"] is None:
        return Begun(row["projection"], None)
    topic = _TOPICS.get(row["projection"], "")
    return Begun(row["projection"], LogIdentity(row["cluster_id"], row["partitions"], {topic: row["topic_id"]}))


def _sql(name: str) -> str:
    return files("mfa_cli.verify").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
