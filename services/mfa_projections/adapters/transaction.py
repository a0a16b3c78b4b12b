"""One transaction over asyncpg: every batch is a few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exactly_once import Offset, Partition
from mfa_projections.adapters import audit_rows, view_rows
from mfa_projections.adapters.statements import sql
from mfa_projections.errors import OvertakenError
from mfa_projections.projecting.ports import Head, Numbered
from mfa_projections.projecting.versions import Projected

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    import asyncpg

    from mfa_projections.adapters.connecting import Connection
    from mfa_projections.adapters.statements import Shape
    from mfa_projections.projecting import Checkpoint, Place
    from mfa_projections.projecting.ports import AuditRow, Changes
    from mfa_projections.projecting.versions import Standing
    from mfa_projections.views import UserKey, UserRows

# Readers lock several names, each in an order of its own, and so does who puts another version before them: they can
# wait for each other in a circle. PostgreSQL looks for circles after a second and would end a reader; who changes the
# names has given up before that, and tries again.
_IN_TIME: Final = "set local lock_timeout = '300ms'; set local statement_timeout = '800ms'"
_IN_ANY_TIME: Final = "set local lock_timeout = 0; set local statement_timeout = 0"


class PostgresTransaction:
    """One transaction under way on the tables of a version."""

    def __init__(self, connection: Connection, version: int, shape: Shape) -> None:
        self._connection = connection
        self._version = version
        self._shape = shape

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
        found = await self._connection.fetch(self._of_version("rows_load"), *_columns(users))
        return {(row["tenant_id"], row["user_id"]): view_rows.loaded(row) for row in found}

    async def events_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        """Give the ids of those events that are in the history."""
        return _ids(await self._connection.fetch(self._of_version("events_taken"), *_columns(numbers)))

    async def write(self, changes: Changes) -> None:
        """Upsert the rows, append the history."""
        await self._put("status_upsert", view_rows.columns(changes.status.values()))
        await self._put("enrollments_upsert", view_rows.enrollments_columns(changes.enrollments.values()))
        await self._put("recovery_codes_upsert", view_rows.columns(changes.recovery_codes.values()))
        await self._put("history_append", view_rows.columns(changes.history))

    async def audit_heads(self, users: Collection[UserKey]) -> Mapping[UserKey, Head]:
        """Give the last audit record of those users that have any."""
        found = await self._connection.fetch(self._of_version("audit_heads"), *_columns(users))
        return {(row["tenant_id"], row["user_id"]): Head(row["sequence"], row["id"]) for row in found}

    async def audit_taken(self, numbers: Collection[Numbered]) -> Mapping[Numbered, UUID]:
        """Give the ids of those audit records that are in the table."""
        return _ids(await self._connection.fetch(self._of_version("audit_taken"), *_columns(numbers)))

    async def write_audit(self, rows: Sequence[AuditRow]) -> None:
        """Append audit records."""
        await self._put("audit_append", audit_rows.columns(rows))

    async def hold(self, version: int) -> Standing:
        """Say where a version stands; nobody moves its checkpoints before the transaction ends."""
        return standing(await self._connection.fetch(sql("checkpoints_hold"), version))

    async def show(self, shown: int, following: int) -> None:
        """Show readers another version."""
        await self._connection.execute(_IN_TIME)
        await self._connection.execute(sql("version_show"), shown, following)
        await self._connection.execute(_IN_ANY_TIME)

    async def _put(self, statement: str, columns: Sequence[Sequence[object]]) -> None:
        if columns:
            await self._connection.execute(self._of_version(statement), *columns)

    def _of_version(self, statement: str) -> str:
        return self._shape.statement(statement, self._version)


def standing(found: Sequence[asyncpg.Record]) -> Standing:
    """Checkpoints as they are asked for."""
    return {Projected(row["projection"], Partition(row["partition"])): Offset(row["next_offset"]) for row in found}


def _columns(rows: Collection[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _ids(found: Sequence[asyncpg.Record]) -> dict[Numbered, UUID]:
    return {Numbered(row["tenant_id"], row["user_id"], row["sequence"]): row["id"] for row in found}
