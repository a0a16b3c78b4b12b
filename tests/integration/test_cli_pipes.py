"""The command line in a pipe, on real servers: whoever reads may leave, and tables are built anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mfa_local.connection import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_local.connection import Connection


@pytest.fixture
def environ(workers: Connection, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "connection.json").write_text(to_json(workers), encoding="utf-8")
    return {**os.environ, "MFA_LOCAL_DIR": str(tmp_path)}


def test_a_reader_that_has_left_is_no_error(environ: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "mfa_cli", "send", "-"]
    with os.fdopen(writing, "wb") as closed:
        said = subprocess.run(
            command, input=b"no command\n", stdout=closed, stderr=subprocess.PIPE, env=environ, timeout=60, check=False
        )

    assert (said.returncode, said.stderr) == (0, b"")


def rebuild(environ: dict[str, str], *arguments: str) -> tuple[int, str, list[dict[str, Any]]]:
    command = [sys.executable, "-m", "mfa_cli", "rebuild", *arguments]
    said = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=120, check=False)
    return said.returncode, said.stderr, [json.loads(line) for line in said.stdout.splitlines()]


def test_rebuild_says_of_each_table_how_many_rows_it_has_and_how_many_differ(environ: dict[str, str]) -> None:
    code, complained, rows = rebuild(environ)

    assert (code, complained) == (0, "")
    assert [row["table"] for row in rows] == [
        "status",
        "enrollments",
        "recovery_codes",
        "event_history",
        "audit_record",
    ]
    assert {(row["differ"], tuple(row["not_compared"]), row["shown"]) for row in rows} == {(0, (), True)}


def test_a_rebuild_can_be_taken_back(environ: dict[str, str]) -> None:
    _, _, there = rebuild(environ)
    code, complained, back = rebuild(environ, "--back")

    assert (code, complained) == (0, "")
    assert [row["version"] for row in back] == [row["version"] - 1 for row in there]


def test_to_compare_only_shows_nothing_else(environ: dict[str, str]) -> None:
    code, complained, rows = rebuild(environ, "--only-compare")

    assert (code, complained) == (0, "")
    assert {row["shown"] for row in rows} == {False}
