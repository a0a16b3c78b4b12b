"""README.md's tables are written from the code."""

from __future__ import annotations

import pytest

from mfa_cli.readme import README, with_tables


def test_the_readmes_tables_are_what_the_code_says() -> None:
    readme = README.read_text(encoding="utf-8")
    assert readme == with_tables(readme), "run: python -m mfa_cli.readme"


def test_a_table_that_has_drifted_is_noticed() -> None:
    readme = README.read_text(encoding="utf-8")
    drifted = readme.replace("| `MfaReset` |", "| `MfaForgotten` |")
    assert drifted != readme
    assert with_tables(drifted) == readme


def test_a_missing_marker_is_said() -> None:
    with pytest.raises(ValueError, match="begin: topics"):
        with_tables(README.read_text(encoding="utf-8").replace("<!-- begin: topics -->", ""))
