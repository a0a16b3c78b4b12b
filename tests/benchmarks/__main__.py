"""``./run bench``: every comparison on a Kafka and a PostgreSQL of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from benchmarks.commands import command_rows
from benchmarks.load import Workshop
from benchmarks.memory import memory_rows
from benchmarks.projections import projection_rows
from benchmarks.report import table, with_figures, write_json
from benchmarks.scene import FULL, QUICK, Scene, Size
from benchmarks.takeover import takeover_rows
from mfa_local import postgres_home
from mfa_local.places import Places
from mfa_local.stack import local_stack
from support.commands import gateway_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from benchmarks.comparison import Row

BENCHMARKS: Final[Mapping[str, Callable[[Scene], AsyncIterator[Row]]]] = {
    "commands": command_rows,
    "projections": projection_rows,
    "takeover": takeover_rows,
    "memory": memory_rows,
}


def main(arguments: Sequence[str] | None = None) -> None:
    told = _parser().parse_args(arguments)
    console = Console(stderr=True)
    rows = asyncio.run(_run(told.only or list(BENCHMARKS), QUICK if told.quick else FULL, console))
    Console().print(table(rows))
    if told.json:
        write_json(rows, told.json)
    if told.page:
        told.page.write_text(with_figures(told.page.read_text(encoding="utf-8"), rows), encoding="utf-8")


async def _run(names: Sequence[str], size: Size, console: Console) -> list[Row]:
    rows: list[Row] = []
    with (
        tempfile.TemporaryDirectory(prefix="mfa-bench-") as root,
        console.status("starting Kafka and PostgreSQL") as status,
    ):
        try:
            async with local_stack({**os.environ, "MFA_LOCAL_DIR": root}) as stack:
                workshop = Workshop(gateway_of(stack.connection.secrets_dir))
                scene = Scene(stack.connection, workshop, size, lambda told: _say(console, status.update, told))
                for name in names:
                    async for row in BENCHMARKS[name](scene):
                        rows.append(row)
                        console.print(
                            f"{row.name}: {row.ours:,.1f} beside {row.raw:,.1f} {row.unit}, ratio {row.ratio}"
                        )
        finally:
            postgres_home.forget(Places(Path(root)))
    return rows


def _say(console: Console, update: Callable[[str], None], told: str) -> None:
    update(told)
    if not console.is_terminal:
        console.print(told)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run bench",
        description="Measure the workers beside the plain way of doing the same, on this machine, in one run.",
        epilog="All of it takes about five minutes on two cores; --quick takes one and says less.",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write a row for each comparison")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the table into this page (docs/benchmarks.md)")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="one comparison; may be given again")
    parser.add_argument("--quick", action="store_true", help="small sizes, one repeat")
    return parser


if __name__ == "__main__":
    main()
