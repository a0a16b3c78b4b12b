"""The command line in a pipe, on real servers: whoever reads may leave, and tables are folded anew."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

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


def test_rebuild_says_how_much_each_table_was_given(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "mfa_cli", "rebuild"]
    said = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=120, check=False)

    assert (said.returncode, said.stderr) == (0, "")
    assert [line.split(":")[0] for line in said.stdout.splitlines()] == ["views", "audit"]
    assert all(line.endswith(" records applied") for line in said.stdout.splitlines())
