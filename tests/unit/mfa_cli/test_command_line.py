"""``mfa`` as it is typed: help that teaches, errors that say what to do, exit codes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mfa_cli.__main__ import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path


def mfa(*arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    environ = {"MFA_LOCAL_DIR": str(root), "PATH": "", "TERM": "dumb"}
    command = [sys.executable, "-m", "mfa_cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60, check=False)


def test_alone_it_shows_all_commands(tmp_path: Path) -> None:
    said = mfa(root=tmp_path)

    assert said.returncode == 0
    assert [name for name in COMMANDS if name not in said.stdout] == []


def test_alone_it_says_what_each_command_is_for(tmp_path: Path) -> None:
    said = " ".join(mfa(root=tmp_path).stdout.replace("│", " ").split())

    assert [told for told in COMMANDS.values() if told not in said] == []


@pytest.mark.parametrize("name", ["send", "history", "audit", "state"])
def test_help_comes_with_an_example(tmp_path: Path, name: str) -> None:
    assert "Example" in mfa(name, "--help", root=tmp_path).stdout


@pytest.mark.parametrize("name", COMMANDS)
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
    assert "nothing.ndjson: expected a file of commands" in said.stderr
    assert "or - for standard input" in said.stderr


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
        (("rebuild", "--back", "--only-compare"), "--only-compare"),
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


def test_a_place_that_is_none_is_said_with_the_setting_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = mfa("up", root=tmp_path / "file" / "x")

    assert said.returncode == 2
    assert "MFA_LOCAL_DIR" in said.stderr
    assert "Traceback" not in said.stderr


def test_showing_rows_needs_nothing_of_the_workers() -> None:
    loading = "import sys, mfa_cli.__main__ as m; m.main(['state', '--help']); print(*sys.modules, sep='\\n')"
    said = subprocess.run([sys.executable, "-c", loading], capture_output=True, text=True, timeout=60, check=True)

    assert {"faststream", "aiokafka", "prometheus_client"}.isdisjoint(said.stdout.splitlines())
