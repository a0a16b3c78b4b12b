"""The questions that the command line asks PostgreSQL."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import asyncpg

from mfa_cli.errors import BadFilterError, DatabaseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_local.connection import Connection

_JSON_TYPES = ("json", "jsonb")


async def ask(connection: Connection, name: str, *values: object) -> Sequence[dict[str, Any]]:
    """The rows of the statement ``sql/NAME.sql``.

    Raises:
        BadFilterError: a value that no database could be asked for.
        DatabaseError: no answer.
    """
    statement = files("mfa_cli").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    try:
        database = await asyncpg.connect(connection.database_url, timeout=10)
        try:
            for kind in _JSON_TYPES:
                await database.set_type_codec(kind, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
            return [dict(row) for row in await database.fetch(statement, *values)]
        finally:
            await database.close()
    except asyncpg.DataError:
        raise BadFilterError("expected names and numbers as PostgreSQL has them, got what no row can hold") from None
    except (asyncpg.PostgresError, OSError, TimeoutError) as error:
        told = f"expected PostgreSQL as `./run up` says, got {type(error).__name__}. Is it still running?"
        raise DatabaseError(told) from error
