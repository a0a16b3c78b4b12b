"""The SQL files and the migrations that they rely on."""

from __future__ import annotations

from importlib.resources import files

import pytest
from msgspec.structs import fields

from mfa_local.migrations import migrations
from mfa_projections.adapters.postgres import MIGRATION
from mfa_projections.adapters.statements import sql
from mfa_projections.views import HistoryRow, RecoveryCode, Status

NAMES = sorted(
    file.name.removesuffix(".sql")
    for file in files("mfa_projections.adapters").joinpath("sql").iterdir()
    if file.name.endswith(".sql")
)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_of_a_statement_says_why(name: str) -> None:
    assert sql(name).startswith("-- ")


def test_the_newest_migration_is_the_one_that_this_version_asks_for() -> None:
    assert migrations()[-1].version == MIGRATION


@pytest.mark.parametrize(
    ("statement", "row"),
    [("status_upsert", Status), ("recovery_codes_upsert", RecoveryCode), ("history_append", HistoryRow)],
)
def test_the_columns_of_a_statement_are_the_fields_of_its_row_in_their_order(statement: str, row: type) -> None:
    listed = sql(statement).partition("(")[2].partition(")")[0]

    assert [column.strip() for column in listed.split(",")] == [field.name for field in fields(row)]


def test_a_version_stands_in_a_statement_as_a_number() -> None:
    assert "from views_v12.audit_record" in sql("audit_heads", 12)


@pytest.mark.parametrize("version", ["1; drop schema mfa", "1", 1.5])
def test_nothing_but_a_number_gets_into_a_statement(version: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        sql("audit_heads", version)


@pytest.mark.parametrize("name", NAMES)
def test_no_statement_names_a_version_by_itself(name: str) -> None:
    assert "views_v" not in sql(name)
