"""Logs: what may be said, how loudly, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import structlog

from exactly_once import Offset, Partition
from exactly_once import observations as leases
from mfa_projections.adapters.logs import ALLOWED, observer, start_logging
from mfa_projections.projecting import observations as projectors

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

ZERO, AT = Partition(0), Offset(7)


@pytest.fixture
def lines() -> Iterator[list[MutableMapping[str, Any]]]:
    with structlog.testing.capture_logs() as captured:
        yield captured


def test_a_halted_partition_is_an_error_that_names_the_place(lines: list[MutableMapping[str, Any]]) -> None:
    observer(structlog.get_logger(), "views")(projectors.ProjectorHalted(ZERO, AT, "halted", "a gap"))

    (line,) = lines
    assert (line["event"], line["log_level"], line["part"]) == ("ProjectorHalted", "error", "views")
    assert (line["partition"], line["offset"], line["reason"]) == (0, 7, "a gap")


def test_a_lost_database_is_a_warning_and_its_return_is_not(lines: list[MutableMapping[str, Any]]) -> None:
    observe = observer(structlog.get_logger(), "views")
    observe(projectors.DatabaseLost("away"))
    observe(projectors.DatabaseBack())

    assert [line["log_level"] for line in lines] == ["warning", "info"]


def test_what_happens_all_the_time_is_counted_and_not_logged(lines: list[MutableMapping[str, Any]]) -> None:
    observe = observer(structlog.get_logger(), "views")
    observe(projectors.Projected(ZERO, 10, 0, 0.1))
    observe(leases.Committed(ZERO, 10, 20, 0.1))

    assert lines == []


def test_only_keys_that_tell_nothing_of_a_person_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        start_logging().info("told", partition=1, user="ann")
    finally:
        structlog.configure(**before)

    line = capsys.readouterr().err
    assert '"partition": 1' in line
    assert "ann" not in line
    assert {"tenant", "user", "personal", "value", "key"} & ALLOWED == set()
