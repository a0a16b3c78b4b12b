"""The demo from start to end: something to play on, the story, the auditor's view, the verification."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from exactly_once import ExactlyOnceError
from mfa_cli.demo.client_desk import client_desk
from mfa_cli.demo.errors import DemoError
from mfa_cli.demo.running import something_running
from mfa_cli.demo.story import tell
from mfa_cli.demo.tables import audit_records, audit_table, free_tenant
from mfa_cli.demo.teller import Teller
from mfa_cli.verify.errors import VerifyError
from mfa_cli.verify.report import show
from mfa_cli.verify.verifying import verify
from mfa_client import ClientError
from mfa_local.errors import LocalError

if TYPE_CHECKING:
    from mfa_contracts.ids import TenantId
    from mfa_local.connection import Connection

_WIDTH_MIN = 100


def run(console: Console | None = None) -> int:
    """Play the story. Exit code 0 only if every step held and everything agrees."""
    console = console or Console(highlight=False)
    console.width = max(console.width, _WIDTH_MIN)
    try:
        agrees = asyncio.run(_demo(console))
    except (DemoError, ClientError, ExactlyOnceError, LocalError, VerifyError) as error:
        console.print(Text(f"\n{error}", "bold red"), soft_wrap=True)
        return 1
    return 0 if agrees else 1


async def _demo(console: Console) -> bool:
    console.print(Text("MFA reset and recovery: the story of a lost phone", "bold"))
    waiting = console.status("Starting Kafka, PostgreSQL and the workers …")
    waiting.start()
    began = time.monotonic()
    try:
        async with something_running(os.environ) as (connection, ran_before):
            waiting.stop()
            agrees = await _play(console, connection, None if ran_before else time.monotonic() - began)
            waiting.update("Stopping …")
            waiting.start()
    finally:
        waiting.stop()
    return agrees


async def _play(console: Console, connection: Connection, started_in: float | None) -> bool:
    began = time.monotonic()
    tenant = await free_tenant(connection.database_url)
    _introduce(console, connection, tenant, started_in)
    async with client_desk(connection, tenant) as desk:
        teller = Teller(desk, console)
        await tell(teller)
        teller.chapter("What the auditor sees")
        records = await audit_records(connection.database_url, tenant, desk.events)
        all_told = len(records) == desk.events
        console.print(audit_table(records))
        teller.remark(f"{len(records)} audit records of {desk.events} events.", holds=all_told)
        teller.chapter("mfa verify")
    report = await verify(connection.kafka_bootstrap, connection.database_url)
    show(report, console)
    _close(console, tenant, f"{teller.held} steps, every one as expected, in {time.monotonic() - began:.1f} s.")
    return all_told and report.agrees


def _introduce(console: Console, connection: Connection, tenant: TenantId, started_in: float | None) -> None:
    servers = f"Kafka {connection.kafka_version} and PostgreSQL {connection.postgres_version} ({connection.backend})"
    how = "found running" if started_in is None else f"with both workers, started in {started_in:.1f} s"
    console.print(Text(f"{servers}, {how}. The story plays in tenant {tenant}.", "dim"), soft_wrap=True)
    looking = f"To look closer afterwards: ./run up, and in another terminal ./run mfa history {tenant} ann"
    console.print(Text(looking, "dim"), soft_wrap=True)


def _close(console: Console, tenant: TenantId, told: str) -> None:
    console.print(Text(told, "bold"))
    for what in (f"history {tenant} ann", f"audit --tenant {tenant}", f"state {tenant} dora", "verify"):
        console.print(Text(f"  ./run mfa {what}", "dim"))
