"""The pinned requirements: every file with its hash, no index named, and the same versions everywhere."""

from __future__ import annotations

import re
import tomllib
from typing import Final

import pytest

from support.repository import ROOT

PIN: Final = re.compile(r"^(?P<name>[a-z0-9._-]+)(\[[a-z,-]+\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)
FILES: Final = ("bootstrap.txt", "dev.txt", "run.txt")


@pytest.mark.parametrize("file", FILES)
def test_every_requirement_is_pinned_and_hashed(file: str) -> None:
    blocks = re.split(r"\n(?=\S)", _text(file).strip())

    assert [block for block in blocks if not (PIN.match(block) and "--hash=sha256:" in block)] == []


@pytest.mark.parametrize("file", FILES)
def test_no_requirement_names_an_index_or_an_address(file: str) -> None:
    assert re.findall(r"\S*(?:://|index-url|find-links|trusted-host)\S*", _text(file)) == []


def test_what_runs_is_tested_in_the_same_version() -> None:
    assert dict(_pins("dev.txt").items() & _pins("run.txt").items()) == _pins("run.txt")


def test_what_the_project_asks_for_is_what_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["embedded"]]
    pins = {found["name"]: found["version"] for found in map(PIN.match, asked) if found}

    assert (len(pins), dict(pins.items() & _pins("run.txt").items())) == (len(asked), pins)


def _pins(file: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PIN.finditer(_text(file))}


def _text(file: str) -> str:
    return (ROOT / "requirements" / file).read_text(encoding="utf-8")
