"""The SQL of this package, one statement a file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sql(name: str) -> str:
    """The statement in ``sql/<name>.sql``; its first line says why it is as it is."""
    return files("mfa_projections.adapters").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
