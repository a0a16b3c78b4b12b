"""Rows for people, or for programs: a table on a terminal, JSON lines in a pipe or when asked for."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from mfa_cli.columns import fitting, shown, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mfa_cli.columns import Column


def as_json_lines(*, asked: bool | None) -> bool:
    """Whether to print JSON: when asked for, or when nobody looks."""
    return not sys.stdout.isatty() if asked is None else asked


def print_rows(
    rows: Sequence[Mapping[str, object]], columns: Sequence[Column], *, asked: bool | None, none: str
) -> None:
    """Print all fields of the rows as JSON lines, or these ``columns`` as a table; ``none`` where there is no row."""
    if as_json_lines(asked=asked):
        for row in rows:
            print_json(row)
    elif rows:
        show_rows(rows, columns, Console(highlight=False))
    else:
        Console().print(none, highlight=False)


def show_rows(rows: Sequence[Mapping[str, object]], columns: Sequence[Column], console: Console) -> None:
    """Show those of the columns that fit, the first ones first, and say that there is more."""
    fit = fitting(rows, columns, console.width)
    console.print(table(rows, fit))
    if len(fit) < len(columns):
        left_out = ", ".join(column.heading for column in columns if column not in fit)
        console.print(Text(f"In a wider window also: {left_out}. Everything: --json", "dim"))


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
        heading = name.replace("_", " ")
        Console().print(Text.assemble((f"{heading:<26}", "dim"), shown(value)), soft_wrap=True)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
