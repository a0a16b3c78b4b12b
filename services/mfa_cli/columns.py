"""The columns of a table for people: a word is never broken, so what does not fit is left out as a whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Row = Mapping[str, object]

_BETWEEN: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    """What stands under a heading. One that ``wraps`` holds sentences, and may take more than one line."""

    heading: str
    value: Callable[[Row], object]
    wraps: bool = False

    def text(self, row: Row) -> str:
        """The row's cell."""
        return shown(self.value(row))


def of(name: str, heading: str | None = None, *, wraps: bool = False) -> Column:
    """The column of the field ``name``."""
    return Column(heading or name.replace("_", " "), lambda row: row[name], wraps)


def fitting(rows: Sequence[Row], columns: Sequence[Column], width: int) -> Sequence[Column]:
    """Those columns that fit into ``width`` cells; the earlier ones have precedence, and the first always fits."""
    fit: list[Column] = []
    left = width + _BETWEEN
    for column in columns:
        needed = _needed(rows, column) + _BETWEEN
        if needed <= left or not fit:
            fit.append(column)
            left -= needed
    return fit


def table(rows: Sequence[Row], columns: Sequence[Column]) -> Table:
    """The rows under these columns."""
    told = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        told.add_column(column.heading, no_wrap=not column.wraps, overflow="fold", min_width=_needed(rows, column))
    for row in rows:
        told.add_row(*(Text(column.text(row)) for column in columns))
    return told


def shown(value: object) -> str:
    """A value as people read it: times in UTC to the second, ``-`` for nothing."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _needed(rows: Sequence[Row], column: Column) -> int:
    texts = (column.heading, *(column.text(row) for row in rows))
    pieces = (word for text in texts for word in (text.split() if column.wraps else (text,)))
    return max((cell_len(piece) for piece in pieces), default=0)
