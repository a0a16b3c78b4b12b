"""The tables over asyncpg: every batch is one transaction of a few statements."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

import asyncpg

from exactly_once import LogIdentity, Offset
from mfa_projections.adapters import audit_rows, view_rows
from mfa_projections.adapters.statements import sql
from mfa_projections.errors import OvertakenError, RowRefusedError, StoreError
from mfa_projections.projecting.ports import Head, Numbered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
    from uuid import UUID

    from mfa_projections.projecting import Checkpoint, Place
    from mfa_projections.projecting.ports import AuditRow, Changes
    from mfa_projections.views import UserKey, UserRows

    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]

MIGRATION: Final = "20261124000300"
"""The newest migration that this version needs: its number in ``schema_migrations``."""

_TRANSACTION_SECONDS: Final = 30.0
_ANSWER_SECONDS: Final = 3.0


class PostgresDatabase:
    """The database of the projections. The pools may be made while the server is away: they connect at first use.

    ``questions`` is for those that ask how it is: they must not wait behind the work. No transaction, waiting for a
    connection and for others included, takes longer than ``transaction_seconds``.
    """

    def __init__(
        self, pool: Pool, questions: Pool | None = None, transaction_seconds: float = _TRANSACTION_SECONDS
    ) -> None:
        self._pool = pool
        self._questions = questions or pool
        self._seconds = transaction_seconds

    async def next_offset(self, place: Place) -> Offset:
        """Give the offset to go on from."""
        whose = (place.projection, place.version, place.partition)
        async with _connection(self._pool, self._seconds) as connection:
            await connection.execute(sql("checkpoint_begin"), *whose)
            return Offset(await connection.fetchval(sql("checkpoint_read"), *whose))

    async def log_of(self, projection: str, version: int, topic: str, found: LogIdentity) -> LogIdentity:
        """Give the log that a projection was begun on; the first time it is the one that was found."""
        told = (found.cluster, found.topics[topic], found.partitions)
        async with _connection(self._pool, self._seconds) as connection:
            await connection.execute(sql("log_record"), projection, version, *told)
            row = await connection.fetchrow(sql("log_read"), projection, version)
        cluster, topic_id, partitions = told if row is None else row.values()
        return LogIdentity(cluster, partitions, {topic: topic_id})

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True) -> AsyncIterator[PostgresTransaction]:
        """Begin a transaction; it commits when the block ends well, in time."""
        async with _connection(self._pool, self._seconds) as connection, connection.transaction():
            if not durable:
                await connection.execute("set local synchronous_commit = off")
            yield PostgresTransaction(connection)

    async def missing(self) -> str | None:
        """Say why the database cannot be used, None if it can: asks it, at most three seconds."""
        try:
            async with _connection(self._questions, _ANSWER_SECONDS) as connection:
                if await _is_migrated(connection):
                    return None
        except StoreError as error:
            return str(error)
        return f"expected migration {MIGRATION}, the database does not have it. Run: python -m mfa_local.migrate"


class PostgresTransaction:
    """One transaction under way."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def move(self, place: Place, expected: Offset, checkpoint: Checkpoint) -> None:
        """Move a checkpoint by compare-and-set."""
        whose = (place.projection, place.version, place.partition)
        done = await self._connection.execute(
            sql("checkpoint_move"), *whose, expected, checkpoint.next_offset, checkpoint.age_seconds
        )
        if done != "UPDATE 1":
            told = f"expected the checkpoint of {place.projection} {place.partition} at {expected}, it is elsewhere"
            raise OvertakenError(f"{told}: another worker has the partition. Nothing was written.")

    async def rows(self, users: Collection[UserKey]) -> Mapping[UserKey, UserRows]:
        """Give the rows of those users that have any."""
        found = await self._connection.fetch(sql("rows_load"), *_columns(users))
        return {(row["tenant_id"], row["user_id"]): view_rows.loaded(row) for row in found}

    async def events_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        """Give the ids of those events that are in the history."""
        return _ids(await self._connection.fetch(sql("events_taken"), *_columns(numbers)))

    async def write(self, changes: Changes) -> None:
        """Upsert the rows, append the history."""
        await self._put("status_upsert", view_rows.columns(changes.status.values()))
        await self._put("enrollments_upsert", view_rows.enrollments_columns(changes.enrollments.values()))
        await self._put("recovery_codes_upsert", view_rows.columns(changes.recovery_codes.values()))
        await self._put("history_append", view_rows.columns(changes.history))

    async def audit_heads(self, users: Collection[UserKey]) -> Mapping[UserKey, Head]:
        """Give the last audit record of those users that have any."""
        found = await self._connection.fetch(sql("audit_heads"), *_columns(users))
        return {(row["tenant_id"], row["user_id"]): Head(row["sequence"], row["id"]) for row in found}

    async def audit_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        """Give the ids of those audit records that are in the table."""
        return _ids(await self._connection.fetch(sql("audit_taken"), *_columns(numbers)))

    async def write_audit(self, rows: Sequence[AuditRow]) -> None:
        """Append audit records."""
        await self._put("audit_append", audit_rows.columns(rows))

    async def forget(self, projection: str, version: int) -> None:
        """Empty the tables of a projection and forget how far they reached: the checkpoints first, as ``move`` does."""
        await self._connection.execute(sql("checkpoint_lock"))
        await self._connection.execute(sql("checkpoint_forget"), projection, version)
        await self._connection.execute(sql("log_forget"), projection, version)
        await self._connection.execute(sql(f"forget_{projection}"))

    async def _put(self, statement: str, columns: Sequence[Sequence[object]]) -> None:
        if columns:
            await self._connection.execute(sql(statement), *columns)


@asynccontextmanager
async def _connection(pool: Pool, seconds: float) -> AsyncIterator[Connection]:
    with _translated():
        async with asyncio.timeout(seconds), pool.acquire() as connection:
            yield connection


async def _is_migrated(connection: Connection) -> bool:
    if not await connection.fetchval(sql("migrated")):
        return False
    return bool(await connection.fetchval(sql("migration_known"), MIGRATION))


def _columns(rows: Collection[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _ids(found: Sequence[asyncpg.Record]) -> dict[Numbered, UUID]:
    return {Numbered(row["tenant_id"], row["user_id"], row["sequence"]): row["id"] for row in found}


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the client's errors into ours; a server's own text may quote rows, so only its kind is told."""
    try:
        yield
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
        kind = f"{type(error).__name__} {error.constraint_name or ''}".strip()
        raise RowRefusedError(f"expected rows that fit their tables, the database says {kind}") from error
    except TimeoutError as error:
        raise StoreError("expected the database's answer in time, got none; is it up and not overloaded?") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StoreError(
            f"expected the database to answer, got {_kind(error)}; is it up and its address right?"
        ) from error


def _kind(error: Exception) -> str:
    state = getattr(error, "sqlstate", None)
    return type(error).__name__ if state is None else f"{type(error).__name__} (SQLSTATE {state})"
