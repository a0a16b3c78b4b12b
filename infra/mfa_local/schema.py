"""The database's shape as text: what the migrations add up to, for people to read and for a test to compare."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from mfa_local.errors import MigrationError
from mfa_local.migrations import directory
from mfa_local.postgres_home import find_programs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

    from mfa_local.migrations import Migration

_FIRST_LINE: Final = "-- What the migrations add up to, to be read and compared. By: python -m mfa_local.dump_schema\n"
_TIMEOUT_S: Final = 60

# pg_dump's own version, and a word that is random at every run, say nothing about the shape.
_NOISE: Final = re.compile(r"^(?:--|-- Dumped .*|-- PostgreSQL database dump.*|\\(?:un)?restrict .*)\n", re.MULTILINE)
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


async def dump(database_url: str, applied: Sequence[Migration]) -> str:
    """The shape of a database that has these migrations, in the form that ``schema.sql`` has.

    Raises:
        PostgresMissingError: there is no ``pg_dump``.
        MigrationError: ``pg_dump`` failed; the text holds what it said.
    """
    told = await asyncio.to_thread(_pg_dump, database_url)
    shape = _EMPTY_LINES.sub("\n\n", _NOISE.sub("", told)).strip()
    return f"{_FIRST_LINE}\n{shape}\n\n{_versions(applied)}"


def committed() -> Traversable:
    """The file ``schema.sql``."""
    return directory().joinpath("schema.sql")


def _pg_dump(database_url: str) -> str:
    parts = urlsplit(database_url)
    line = [str(find_programs() / "pg_dump"), "--schema-only", "--no-owner", "--no-privileges", "--encoding=UTF8"]
    environment = {**os.environ, **_libpq(parts.hostname or "", parts.port, parts.username, parts.password)}
    line.append(f"--dbname={parts.path.lstrip('/')}")
    told = subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)  # noqa: S603  # an argument list of our own, no shell
    if told.returncode != 0:
        raise MigrationError(
            f"pg_dump: expected the database's shape, got: {told.stderr.strip()}. "
            "Is its version at least the server's? `pg_dump --version` tells."
        )
    return told.stdout


def _libpq(host: str, port: int | None, user: str | None, password: str | None) -> Mapping[str, str]:
    # In the environment and not on the command line, which other users of the machine can read.
    return {
        "PGHOST": host,
        "PGPORT": str(port or 5432),
        "PGUSER": unquote(user or ""),
        "PGPASSWORD": unquote(password or ""),
    }


def _versions(applied: Sequence[Migration]) -> str:
    # So that whoever loads the file instead of the migrations is not asked to apply them again.
    values = ",\n".join(f"    ('{migration.version}')" for migration in applied)
    return f"INSERT INTO public.schema_migrations (version) VALUES\n{values};\n"
