"""The versions of the tables over asyncpg, as a rebuild needs them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from mfa_projections.adapters.connecting import connected, translated
from mfa_projections.adapters.postgres import PostgresDatabase
from mfa_projections.adapters.statements import sql
from mfa_projections.adapters.transaction import standing
from mfa_projections.errors import RebuildRunningError
from mfa_projections.projecting.versions import Compared, Version, Versions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    import asyncpg

    from exactly_once import Partition
    from mfa_projections.adapters.connecting import Connection
    from mfa_projections.projecting.versions import Standing

_COMPARE_SECONDS: Final = 3600.0
"""Nobody waits for a comparison but who asked for it."""


class PostgresVersions(PostgresDatabase):
    """The database of a rebuild; its pool has a connection for the lock, one to hold, one to look, and some to fill."""

    @property
    def shape(self) -> int:
        """The shape of the tables that this program writes."""
        return self._shape.number

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Let nobody else rebuild until the block ends, however it ends."""
        with translated():
            connection = await self._pool.acquire(timeout=self._seconds)
        try:
            with translated():
                if not await connection.fetchval(sql("rebuild_alone")):
                    raise RebuildRunningError(
                        "expected to rebuild alone, another `mfa rebuild` runs. Wait for its end."
                    )
            yield
        finally:
            # The pool lets go of the lock with the connection.
            with translated():
                await self._pool.release(connection)

    async def versions(self) -> Versions:
        """Say what there is."""
        active, *others = await self._known()
        shown = [row for row in others if row["was_shown"]]
        return Versions(_version(active), _version(shown[0]) if shown else None)

    async def make(self) -> Version:
        """Make the empty tables of a version that has never been."""
        async with connected(self._pool, self._seconds) as connection, connection.transaction():
            number = await connection.fetchval(sql("version_make"), self.shape)
            await connection.execute(self._shape.statement("tables", number))
        return Version(number, self.shape)

    async def drop(self, version: int) -> None:
        """Drop a version, unless readers are shown it."""
        async with connected(self._pool, self._seconds) as connection:
            await connection.execute(sql("version_drop"), version)

    async def tidy(self) -> None:
        """Drop all but the version that readers are shown and the one before it."""
        kept = [version.number for version in await self.versions() if version is not None]
        for row in await self._known():
            if row["version"] not in kept:
                await self.drop(row["version"])

    @asynccontextmanager
    async def held(self, version: int) -> AsyncIterator[Standing]:
        """Keep a version where it stands until the block ends."""
        async with self.transaction(version) as transaction:
            yield await transaction.hold(version)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[PostgresSnapshot]:
        """Look at all versions at one moment, that of the first question."""
        async with (
            connected(self._pool, _COMPARE_SECONDS) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield PostgresSnapshot(connection)

    async def _known(self) -> Sequence[asyncpg.Record]:
        async with connected(self._pool, self._seconds) as connection:
            return await connection.fetch(sql("versions_known"))


class PostgresSnapshot:
    """The tables of all versions at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def standing(self, version: int) -> Standing:
        """Say where a version stands."""
        return standing(await self._connection.fetch(sql("checkpoints_all"), version))

    async def compare(self, shown: int, following: int, table: str, left_out: Collection[Partition]) -> Compared:
        """Compare a table in two versions."""
        asked = (shown, following, table, sorted(left_out))
        rows, differ = (await self._connection.fetch(sql("version_compare"), *asked))[0].values()
        return Compared(table, rows or 0, differ, tuple(sorted(left_out)))


def _version(row: asyncpg.Record) -> Version:
    return Version(row["version"], row["shape"])
