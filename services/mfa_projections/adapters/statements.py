"""The SQL of this package, one statement a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from mfa_projections.projecting.projections import SHAPE

if TYPE_CHECKING:
    from collections.abc import Callable

_PLACE: Final = "{views}"


@cache
def sql(name: str, version: int | None = None) -> str:
    """The statement in ``sql/<name>.sql``; its first line says why it is as it is.

    Args:
        name: the file's, without its ending.
        version: whose tables ``{views}`` stands for; a number and nothing else gets into a statement.
    """
    text = files("mfa_projections.adapters").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return text if version is None else text.replace(_PLACE, f"views_v{version:d}")


@dataclass(frozen=True, slots=True)
class Shape:
    """What tables look like: a number, and the statements that make, read and write those of a version."""

    number: int = SHAPE
    statement: Callable[[str, int], str] = sql


OURS: Final = Shape()
"""This program's."""
