"""The demo from start to end: something to play on, the story, the auditor's view, the verification."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from mfa_cli.demo.client_desk import client_desk
from mfa_cli.demo.errors import DemoError
from mfa_cli.demo.running import something_running
from mfa_cli.demo.story import tell
from mfa_cli.demo.tables import audit_records, audit_table, free_tenant
from mfa_cli.demo.teller import Teller
from mfa_cli.verify.errors import VerifyError
from mfa_cli.verify.report import show
from mfa_cli.verify.verifying import verify
from mfa_client.errors import ClientError
from mfa_local.errors import LocalError

if TYPE_CHECKING:
    from mfa_contracts.ids import TenantId
    from mfa_local.connection import Connection


def run(console: Console | None = None) -> int:
    """Play the story. Exit code 0 only if every step held and everything agrees."""
    console = console or Console(highlight=False)
    began = time.monotonic()
    try:
        agrees = asyncio.run(_demo(console, began))
    except (DemoError, ClientError, LocalError, VerifyError) as error:
        console.print(Text(f"\n{error}", "bold red"), soft_wrap=True)
        return 1
    return 0 if agrees else 1


async def _demo(console: Console, began: float) -> bool:
    console.print(Text("MFA reset and recovery: the story of a lost phone", "bold"))
    with console.status("Starting Kafka, PostgreSQL and the workers …"):
        running = something_running(os.environ)
        connection, ran_before = await running.__aenter__()
    try:
        return await _play(console, connection, began, ran_before=ran_before)
    finally:
        with console.status("Stopping …"):
            await running.__aexit__(None, None, None)


async def _play(console: Console, connection: Connection, began: float, *, ran_before: bool) -> bool:
    ready = time.monotonic()
    tenant = await free_tenant(connection.database_url)
    _introduce(console, connection, tenant, None if ran_before else ready - began)
    async with client_desk(connection, tenant) as desk:
        teller = Teller(desk, console)
        await tell(teller)
        await _show_audit(console, connection, tenant, desk.events)
    agrees = await _verify(console, connection)
    told = time.monotonic() - ready
    _close(console, tenant, f"{teller.held} steps, all as expected, in {told:.1f} s.", agrees=agrees)
    return agrees
