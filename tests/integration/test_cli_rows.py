"""What ``mfa audit`` and ``mfa history`` give to programs: all that the tables have, under the tables' own names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from mfa_cli.local_client import local_client
from mfa_client import AdminActor
from mfa_contracts.vocabulary import ResetReason
from mfa_local.connection import to_json
from support.backends import unique

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_local.connection import Connection


@pytest.fixture
async def tenant(workers: Connection) -> str:
    """A tenant in which Bob has reset Ann's MFA, as the tables show already."""
    name = unique("t-")
    async with local_client(workers, "tests") as mfa:
        bob = AdminActor(name, "bob")
        done = await mfa.reset_mfa(name, "ann", actor=bob, reason=ResetReason.LOST_DEVICE, ticket="T-1")
        await mfa.status(name, "ann", at_least=done.sequence or 0, wait_seconds=30)
    return name


async def columns_of(connection: Connection, table: str) -> set[str]:
    database = await asyncpg.connect(connection.database_url)
    try:
        row = await database.prepare(f"select * from mfa.{table}")  # noqa: S608 - names from below
        return {attribute.name for attribute in row.get_attributes()}
    finally:
        await database.close()


@pytest.mark.parametrize(("command", "table"), [("audit --tenant", "audit_record"), ("history", "event_history")])
async def test_a_row_has_every_column_under_its_own_name(
    workers: Connection, tenant: str, tmp_path: Path, command: str, table: str
) -> None:
    (tmp_path / "connection.json").write_text(to_json(workers), encoding="utf-8")
    rows = rows_of(tmp_path, *command.split(), tenant)

    assert {frozenset(row) for row in rows} == {frozenset(await columns_of(workers, table))}


def rows_of(root: Path, *arguments: str) -> list[dict[str, Any]]:
    line = [sys.executable, "-m", "mfa_cli", *arguments]
    environ = {**os.environ, "MFA_LOCAL_DIR": str(root)}
    # The audit table is filled on its own, after the relay.
    for _ in range(50):
        said = subprocess.run(line, capture_output=True, text=True, env=environ, timeout=60, check=True)
        if said.stdout:
            return [json.loads(row) for row in said.stdout.splitlines()]
    return []
