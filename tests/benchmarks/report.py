"""The table at the end, and the file for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.comparison import Row

_BEGIN: Final = "<!-- begin: figures -->"
_END: Final = "<!-- end: figures -->"


def table(rows: Sequence[Row]) -> Table:
    shown = Table(title="ours beside the plain way, medians of interleaved repeats")
    for heading in ("", "ours", "raw", "unit", "ours / raw", "target", ""):
        shown.add_column(heading, justify="left" if heading in {"", "unit"} else "right")
    for row in rows:
        sign = "≥" if row.better == "higher" else "≤"
        verdict = "[green]holds[/]" if row.holds else "[red]missed[/]"
        figures = (f"{row.ours:,.1f}", f"{row.raw:,.1f}", row.unit, f"{row.ratio:.2f}", f"{sign} {row.target:g}")
        shown.add_row(row.name, *figures, verdict)
    return shown


def write_json(rows: Sequence[Row], file: Path) -> None:
    file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")


def with_figures(page: str, rows: Sequence[Row]) -> str:
    """``page`` with the rows as a table between its markers."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"expected the markers {_BEGIN} and {_END}, one is missing; put them back")
    lines = [
        "| | ours | the plain way | unit | ours / plain | target |",
        "|---|---:|---:|---|---:|---:|",
        *map(_line, rows),
    ]
    return f"{before}{begin}\n" + "\n".join(lines) + f"\n{end}{after}"


def _line(row: Row) -> str:
    target = f"{'≥' if row.better == 'higher' else '≤'} {row.target:g}"
    return f"| {row.name} | {row.ours:,.1f} | {row.raw:,.1f} | {row.unit} | {row.ratio:.2f} | {target} |"
