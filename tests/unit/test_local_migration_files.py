"""A migration file that dbmate could not read is refused."""

from __future__ import annotations

import pytest

from mfa_local.errors import MigrationError
from mfa_local.migrations import parse as parse_migration


@pytest.mark.parametrize("name", ["1_short.sql", "20261124000000.sql", "20261124000000_Upper.sql", "readme.sql"])
def test_a_migration_with_another_kind_of_name_is_refused(name: str) -> None:
    with pytest.raises(MigrationError, match=f"{name}: expected a name like 20261124000000_what_it_does.sql"):
        parse_migration(name, "-- Why.\n-- migrate:up\n-- migrate:down\n")


@pytest.mark.parametrize(
    "text",
    [
        "create table a ();",
        "-- migrate:up\n",
        "-- migrate:down\n-- migrate:up\n",
        "-- migrate:up\n" * 2 + "-- migrate:down\n",
    ],
)
def test_a_migration_without_its_two_marks_in_order_is_refused(text: str) -> None:
    with pytest.raises(MigrationError, match="expected one line '-- migrate:up' and after it one '-- migrate:down'"):
        parse_migration("20261124000000_a.sql", text)
