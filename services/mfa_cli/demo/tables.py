"""What the demo asks PostgreSQL: a tenant's name that is free, and the audit records at the end."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import asyncpg
from rich import box
from rich.table import Table

from mfa_contracts.ids import TenantId

if TYPE_CHECKING:
    from collections.abc import Sequence

_PATIENCE_S: Final = 10.0
_POLL_S: Final = 0.05


async def free_tenant(database_url: str) -> TenantId:
    """A tenant that no earlier demo has used, for instance ``demo-1``."""
    (row,) = await _ask(database_url, "next_number")
    return TenantId(f"demo-{row[0]}")


async def audit_records(database_url: str, tenant: TenantId, count: int) -> Sequence[asyncpg.Record]:
    """The tenant's audit records: ``count`` of them, or those that are there after ten seconds."""
    clock = asyncio.get_running_loop().time
    late = clock() + _PATIENCE_S
    while True:
        found = await _ask(database_url, "audit_records", tenant)
        if len(found) >= count or clock() > late:
            return found
        await asyncio.sleep(_POLL_S)


def audit_table(records: Sequence[asyncpg.Record]) -> Table:
    """Who did what to whom, with which result and why."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("  who", "on whom", "what", "result", "why"):
        table.add_column(heading, no_wrap=True)
    for record in records:
        result = record["verdict"] if record["verdict"] == "accepted" else record["code"]
        why = " ".join(word for word in (record["reason"], record["ticket"]) if word)
        table.add_row(f"  {record['actor_subject']}", record["user_id"], record["kind"], result, why)
    return table


async def _ask(database_url: str, name: str, *values: object) -> Sequence[asyncpg.Record]:
    statement = files("mfa_cli.demo").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()
