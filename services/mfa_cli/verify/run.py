"""``mfa verify`` as the command line calls it."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from mfa_cli.verify.report import lines, show
from mfa_cli.verify.verifying import PATIENCE_S, verify

if TYPE_CHECKING:
    from mfa_cli.verify.findings import Report
    from mfa_local.connection import Connection


def run(connection: Connection, *, as_json: bool | None = None, patience_s: float = PATIENCE_S) -> int:
    """Verify, and print what was found. Exit code 0: everything agrees, 1: it does not.

    Args:
        connection: where Kafka and PostgreSQL are.
        as_json: JSON lines instead of text; None: when the output is not a terminal.
        patience_s: how long in all to wait for the workers, in seconds.
    """
    report = asyncio.run(_watched(connection, patience_s))
    if as_json or (as_json is None and not sys.stdout.isatty()):
        for line in lines(report):
            sys.stdout.write(f"{line}\n")
    else:
        show(report, Console(highlight=False))
    return 0 if report.agrees else 1


async def _watched(connection: Connection, patience_s: float) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[records]:,} records"))
    console = Console(stderr=True)
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("Verifying", records=0)
        read = 0

        def on_read(records: int) -> None:
            nonlocal read
            read += records
            bar.update(task, records=read)

        def on_partition(number: int, of: int) -> None:
            bar.update(task, completed=number, total=of)

        where = (connection.kafka_bootstrap, connection.database_url)
        return await verify(*where, patience_s=patience_s, on_partition=on_partition, on_read=on_read)
