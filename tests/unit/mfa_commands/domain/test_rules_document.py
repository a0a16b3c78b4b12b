"""``docs/rules.md`` names a test for each rule: every one of them exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROWS: Final = [
    line.rsplit("|", 2)[1]
    for line in (HERE.parents[3] / "docs/rules.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| rule ")
]


def names_of_tests() -> set[str]:
    written = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    return set(re.findall(r"^(?:def )?(test_\w+|Test\w+)(?:\(| =)", written, re.MULTILINE))


def test_every_test_that_the_rules_name_exists() -> None:
    named = {name for row in ROWS for name in re.findall(r"`(\w+)`", row)}
    assert named - names_of_tests() == set()


def test_every_rule_names_a_test() -> None:
    assert [row for row in ROWS if "`" not in row] == []


def test_the_document_has_rules() -> None:
    assert len(ROWS) > 40
