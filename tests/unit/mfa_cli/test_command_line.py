"""``mfa`` as it is typed: help that teaches, errors that say what to do, exit codes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cyclopts import App

from mfa_cli.__main__ import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path


def mfa(*arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    environ = {"MFA_LOCAL_DIR": str(root), "PATH": "", "TERM": "dumb"}
    command = [sys.executable, "-m", "mfa_cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60, check=False)


def name_of(command: object) -> str:
    """As one types it: of a function, or of a command with commands of its own."""
    return command.name[0] if isinstance(command, App) else getattr(command, "__name__", "")


def test_alone_it_shows_all_commands(tmp_path: Path) -> None:
    said = mfa(root=tmp_path)

    assert said.returncode == 0
    assert [name for name in map(name_of, COMMANDS) if name not in said.stdout] == []


@pytest.mark.parametrize("name", [name_of(command) for command in COMMANDS])
def test_each_command_explains_itself(tmp_path: Path, name: str) -> None:
    said = mfa(name, "--help", root=tmp_path)

    assert (said.returncode, f"Usage: mfa {name}" in said.stdout) == (0, True)


@pytest.mark.parametrize(
    "arguments", [("state", "acme", "ann"), ("history", "acme"), ("audit",), ("rebuild",), ("verify",)]
)
def test_when_nothing_runs_it_says_how_to_start(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    said = mfa(*arguments, root=tmp_path)

    assert (said.returncode, said.stdout) == (2, "")
    assert "found none" in said.stderr
    assert "./run up" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    said = mfa("send", str(tmp_path / "nothing.ndjson"), root=tmp_path)

    assert said.returncode == 2
    assert "nothing.ndjson" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("since", ["yesterday-ish", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_filter_that_makes_no_sense_is_said(tmp_path: Path, since: str) -> None:
    said = mfa("audit", "--since", since, root=tmp_path)

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == f"--since: expected a time like 2026-11-24T09:00, got {since!r}\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("forget",), "forget"),
        (("verify", "--jsn"), "--jsn"),
        (("state", "acme"), "user"),
        (("audit", "--last", "0"), "--last"),
        (("history", "acme", "--last", "-5"), "--last"),
    ],
)
def test_what_cannot_be_asked_is_said_and_is_not_taken_for_an_answer(
    tmp_path: Path, arguments: tuple[str, ...], named: str
) -> None:
    said = mfa(*arguments, root=tmp_path)

    assert (said.returncode, said.stdout) == (2, "")
    assert named in said.stderr


def test_a_file_that_is_no_utf8_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "latin.ndjson").write_bytes(b'{"command":"\xff"}')
    said = mfa("send", str(tmp_path / "latin.ndjson"), root=tmp_path)

    assert (said.returncode, "Traceback" in said.stderr) == (2, False)
