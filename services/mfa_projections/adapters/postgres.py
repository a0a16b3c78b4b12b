"""The tables over asyncpg, as projectors need them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from exactly_once import LogIdentity, Offset
from mfa_projections.adapters.connecting import connected
from mfa_projections.adapters.statements import OURS, sql
from mfa_projections.adapters.transaction import PostgresTransaction
from mfa_projections.errors import ShapeError, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mfa_projections.adapters.connecting import Connection, Pool
    from mfa_projections.adapters.statements import Shape
    from mfa_projections.projecting import Place

MIGRATION: Final = "20261124000400"
"""The newest migration that this version needs: its number in ``schema_migrations``."""

_TRANSACTION_SECONDS: Final = 30.0
_ANSWER_SECONDS: Final = 3.0


class PostgresDatabase:
    """The database of the projections. The pools may be made while the server is away: they connect at first use.

    ``questions`` is for those that ask how it is: they must not wait behind the work. No transaction, waiting for a
    connection and for others included, takes longer than ``transaction_seconds``.
    """

    def __init__(
        self,
        pool: Pool,
        questions: Pool | None = None,
        transaction_seconds: float = _TRANSACTION_SECONDS,
        shape: Shape = OURS,
    ) -> None:
        self._pool = pool
        self._questions = questions or pool
        self._seconds = transaction_seconds
        self._shape = shape

    async def active(self) -> int:
        """Give the version that readers are shown."""
        async with connected(self._pool, self._seconds) as connection:
            version, shape = await _active(connection)
        if shape != self._shape.number:
            raise ShapeError(self._other_shape(version, shape))
        return version

    async def next_offset(self, place: Place) -> Offset:
        """Give the offset to go on from."""
        whose = (place.projection, place.version, place.partition)
        async with connected(self._pool, self._seconds) as connection:
            await connection.execute(sql("checkpoint_begin"), *whose)
            return Offset(await connection.fetchval(sql("checkpoint_read"), *whose))

    async def log_of(self, projection: str, version: int, topic: str, found: LogIdentity) -> LogIdentity:
        """Give the log that a projection was begun on; the first time it is the one that was found."""
        told = (found.cluster, found.topics[topic], found.partitions)
        async with connected(self._pool, self._seconds) as connection:
            await connection.execute(sql("log_record"), projection, version, *told)
            row = await connection.fetchrow(sql("log_read"), projection, version)
        cluster, topic_id, partitions = told if row is None else row.values()
        return LogIdentity(cluster, partitions, {topic: topic_id})

    @asynccontextmanager
    async def transaction(self, version: int, *, durable: bool = True) -> AsyncIterator[PostgresTransaction]:
        """Begin a transaction; it commits when the block ends well, in time."""
        async with connected(self._pool, self._seconds) as connection, connection.transaction():
            if not durable:
                await connection.execute("set local synchronous_commit = off")
            yield PostgresTransaction(connection, version, self._shape)

    async def missing(self) -> str | None:
        """Say why the database cannot be used, None if it can: asks it, at most three seconds."""
        try:
            async with connected(self._questions, _ANSWER_SECONDS) as connection:
                return await self._missing_in(connection)
        except StoreError as error:
            return str(error)

    async def _missing_in(self, connection: Connection) -> str | None:
        if not await _is_migrated(connection):
            return f"expected migration {MIGRATION}, the database does not have it. Run: python -m mfa_local.migrate"
        version, shape = await _active(connection)
        return None if shape == self._shape.number else self._other_shape(version, shape)

    def _other_shape(self, version: int, shape: int) -> str:
        told = f"expected tables of shape {self._shape.number}, readers are shown version {version} of shape {shape}"
        return f"{told}. Run the program of that shape, or `mfa rebuild` with this one."


async def _active(connection: Connection) -> tuple[int, int]:
    found = await connection.fetchrow(sql("version_active"))
    if found is None:
        raise StoreError("expected a version of the tables that readers are shown, found none. Is the backup whole?")
    return found["version"], found["shape"]


async def _is_migrated(connection: Connection) -> bool:
    if not await connection.fetchval(sql("migrated")):
        return False
    return bool(await connection.fetchval(sql("migration_known"), MIGRATION))
