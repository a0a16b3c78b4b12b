"""``./run chaos --json FILE`` writes a row for each attack; all of them are shown at the end anyway."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from chaos.attacked import Row

_ROWS = pytest.StashKey[list["Row"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-attacks", action="store_true", help="also the attacks that are made by hand only")
    parser.addoption("--json", type=Path, default=None, help="write a row for each attack into this file")


@pytest.fixture
def rows(pytestconfig: pytest.Config) -> list[Row]:
    return pytestconfig.stash.setdefault(_ROWS, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(_ROWS, [])
    for row in rows:
        name = row.name.replace("_", " ")
        said = f"{row.commands} commands, {row.lost} lost, {row.duplicated} duplicated, {len(row.broken)} rules broken"
        terminalreporter.write_line(f"{name}: {said}, recovered in {row.recovered_s} s")


def pytest_sessionfinish(session: pytest.Session) -> None:
    file: Path | None = session.config.getoption("--json", None)
    if file is not None:
        rows = session.config.stash.get(_ROWS, [])
        file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")
