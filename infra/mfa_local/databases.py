"""Makes and drops databases on a server, and asks its version."""

from __future__ import annotations

import asyncio
import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from mfa_local.errors import BadSettingError, ServerDiedError

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_PATIENCE_S: Final = 30.0
_PAUSE_S: Final = 0.1


def on_server(database_url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))


async def ensure_database(database_url: str) -> None:
    """Have the database that the address names."""
    name = urlsplit(database_url).path.lstrip("/")
    connection = await connect(on_server(database_url, "postgres"))
    try:
        if await connection.fetchval("select 1 from pg_database where datname = $1", name) is None:
            await connection.execute(f"create database {_quoted(name)}")
    finally:
        await connection.close()


async def copy_database(database_url: str, template: str, name: str) -> str:
    """A new database that equals ``template``; returns its address."""
    connection = await connect(on_server(database_url, "postgres"))
    try:
        await connection.execute(f"create database {_quoted(name)} template {_quoted(template)}")
    finally:
        await connection.close()
    return on_server(database_url, name)


async def drop_database(database_url: str) -> None:
    """Drop the database that the address names, whoever uses it."""
    name = urlsplit(database_url).path.lstrip("/")
    connection = await connect(on_server(database_url, "postgres"))
    try:
        await connection.execute(f"drop database if exists {_quoted(name)} with (force)")
    finally:
        await connection.close()


async def postgres_version(database_url: str) -> str:
    """The server's version, for instance ``18.6``."""
    connection = await connect(database_url)
    try:
        return str(await connection.fetchval("show server_version")).split()[0]
    finally:
        await connection.close()


async def connect(database_url: str) -> asyncpg.Connection[asyncpg.Record]:
    """A connection, also to a server that has only just begun to listen.

    Raises:
        BadSettingError: the server does not know the user or the password.
        ServerDiedError: no server answers within 30 seconds.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + _PATIENCE_S
    while True:
        try:
            return await asyncpg.connect(database_url)
        except asyncpg.InvalidAuthorizationSpecificationError as error:
            where = urlsplit(database_url).hostname
            raise BadSettingError(
                f"{where}: expected PostgreSQL to let us in, got: {error}. Are user and password of DATABASE_URL right?"
            ) from error
        except (OSError, asyncpg.CannotConnectNowError) as error:
            if clock() > end:
                where = urlsplit(database_url).hostname
                raise ServerDiedError(
                    f"{where}: expected PostgreSQL, got: {error}. Is it up, and its address right?"
                ) from error
            await asyncio.sleep(_PAUSE_S)


def _quoted(name: str) -> str:
    # Names cannot be parameters, so nothing but plain letters is let through.
    if not _NAME.fullmatch(name):
        raise BadSettingError(f"expected a database name of lower-case letters, digits and underscores, got {name!r}.")
    return f'"{name}"'
