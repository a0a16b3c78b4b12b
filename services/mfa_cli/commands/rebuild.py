"""``mfa rebuild``."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from mfa_cli.columns import Column, of
from mfa_cli.connection import connection_now
from mfa_cli.errors import ContradictionError
from mfa_cli.printing import as_json_lines, print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_local.connection import Connection
    from mfa_projections.projecting.rebuilding import Rebuilt

COLUMNS: Final = (
    *map(of, ("table", "rows", "differ")),
    Column("partitions not compared", lambda row: row["not_compared"] or None),
)


def rebuild(*, back: bool = False, only_compare: bool = False, json: bool | None = None) -> int:
    """Build the next version of the tables beside the one that readers are shown, compare the two, and put it in place.

    Workers and readers go on meanwhile. What differs is told and is no reason against the new version: it is what the
    log says. The version before is kept.

    Parameters
    ----------
    back
        Put the version before in place again, after the same comparison.
    only_compare
        Put nothing in place, and keep nothing of what was built. Exit code 1: something differs.
    json
        JSON lines, one for each table; so anyway when the output is not a terminal.
    """
    if back and only_compare:
        raise ContradictionError("expected one of --back and --only-compare, got both. Leave one out.")
    rebuilt = asyncio.run(_watched(connection_now(), back=back, only_compare=only_compare))
    print_rows(_rows(rebuilt), COLUMNS, asked=json, none=_other_shape(rebuilt))
    if not as_json_lines(asked=json):
        sys.stdout.write(f"{_told(rebuilt)}\n")
    return int(only_compare and any(row.differ for row in rebuilt.compared))


async def _watched(connection: Connection, *, back: bool, only_compare: bool) -> Rebuilt:
    from mfa_projections.rebuild import rebuilding  # noqa: PLC0415 - help is shown sooner without it

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} records"))
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        tasks = {name: bar.add_task(name, total=None) for name in ("views", "audit")}

        def progressed(name: str, records: int) -> None:
            bar.advance(tasks[name], records)

        where = (connection.kafka_bootstrap, connection.database_url)
        async with rebuilding(*where, progressed=progressed) as work:
            for name, offsets in (await work.lengths()).items():
                bar.update(tasks[name], total=offsets)
            return await (work.back() if back else work.run(only_compare=only_compare))


def _rows(rebuilt: Rebuilt) -> Sequence[dict[str, object]]:
    version, shown = rebuilt.version.number, rebuilt.shown
    return [
        {
            "table": row.table,
            "rows": row.rows,
            "differ": row.differ,
            "not_compared": list(row.left_out),
            "version": version,
            "shown": shown,
        }
        for row in rebuilt.compared
    ]


def _other_shape(rebuilt: Rebuilt) -> str:
    number, shape = rebuilt.version
    return f"Nothing was compared: version {number} has shape {shape}. The program of that shape brings it up to date."


def _told(rebuilt: Rebuilt) -> str:
    before, version = rebuilt.before.number, rebuilt.version.number
    if not rebuilt.shown:
        return f"Readers are shown version {before} as before; nothing is left of the one it was compared with."
    return f"Readers are shown version {version}. Version {before} is kept: `mfa rebuild --back` shows it again."
