"""The local PostgreSQL lets nobody in without the password, and nobody at all from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from mfa_local.databases import connect
from mfa_local.errors import BadSettingError

if TYPE_CHECKING:
    from mfa_local.connection import Connection


@pytest.mark.parametrize("password", ["wrong", "", "postgres"])
async def test_a_wrong_password_is_refused(embedded_stack: Connection, password: str) -> None:
    with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError)):
        await asyncpg.connect(_with_password(embedded_stack.database_url, password))


async def test_a_configured_password_that_is_wrong_is_told_with_what_to_do(embedded_stack: Connection) -> None:
    with pytest.raises(BadSettingError, match="Are user and password of DATABASE_URL right"):
        await connect(_with_password(embedded_stack.database_url, "wrong"))


async def test_passwords_are_kept_as_scram_verifiers(embedded_stack: Connection) -> None:
    assert str(
        await _ask(embedded_stack, "select rolpassword from pg_authid where rolpassword is not null")
    ).startswith("SCRAM-SHA-256$")


async def test_no_entry_trusts_without_a_password(embedded_stack: Connection) -> None:
    assert (
        await _ask(embedded_stack, "select string_agg(distinct auth_method, ',') from pg_hba_file_rules")
        == "scram-sha-256"
    )


async def test_names_sort_by_their_bytes_on_every_machine(embedded_stack: Connection) -> None:
    asked = "select concat(datlocprovider, ' ', datlocale) from pg_database where datname = 'mfa'"

    assert await _ask(embedded_stack, asked) == "b C.UTF-8"


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{password}@{parts.hostname}:{parts.port}"))


async def _ask(running: Connection, sql: str) -> object:
    connection = await asyncpg.connect(running.database_url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()
