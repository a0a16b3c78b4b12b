"""``mfa rebuild``."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from mfa_cli.connection import connection_now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_local.connection import Connection


def rebuild() -> int:
    """Empty the tables and fold them anew from the first event. Workers may run meanwhile."""
    for name, records in asyncio.run(_watched(connection_now())).items():
        sys.stdout.write(f"{name}: {records:,} records applied\n")
    return 0


async def _watched(connection: Connection) -> Mapping[str, int]:
    from mfa_projections.rebuild import rebuild as rebuild_all  # noqa: PLC0415 - help is shown sooner without it

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f} records"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks = {name: bar.add_task(name, total=None) for name in ("views", "audit")}

        def progressed(name: str, records: int) -> None:
            bar.advance(tasks[name], records)

        where = (connection.kafka_bootstrap, connection.database_url)
        return await rebuild_all(*where, progressed=progressed)
