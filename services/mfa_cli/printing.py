"""Rows for people, or for programs: a table on a terminal, JSON lines in a pipe or when asked for."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def as_json_lines(*, asked: bool | None) -> bool:
    """Whether to print JSON: when asked for, or when nobody looks."""
    return not sys.stdout.isatty() if asked is None else asked


def print_rows(rows: Sequence[Mapping[str, object]], columns: Sequence[str], *, asked: bool | None, none: str) -> None:
    """Print all fields of the rows as JSON lines, or these ``columns`` as a table; ``none`` where there is no row."""
    if as_json_lines(asked=asked):
        for row in rows:
            print_json(row)
    elif rows:
        Console().print(_table(rows, columns))
    else:
        Console().print(none, highlight=False)


def print_json(row: Mapping[str, object]) -> None:
    """Print one object on one line."""
    sys.stdout.write(json.dumps(row, default=_plain, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_fields(row: Mapping[str, object], *, asked: bool | None) -> None:
    """Print one row, a field a line."""
    if as_json_lines(asked=asked):
        print_json(row)
        return
    for name, value in row.items():
        Console().print(Text.assemble((f"{_heading(name):<26}", "dim"), _shown(value)), soft_wrap=True)


def _table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(_heading(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_shown(row[column])) for column in columns))
    return table


def _heading(column: str) -> str:
    return column.replace("_", " ")


def _shown(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
