"""Logs and metrics: what is said how loudly, what is counted, what is left out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from exactly_once import Offset, Partition, Status
from exactly_once import observations as seen
from exactly_once.status import Halted, PartitionStatus, Ready
from mfa_commands.adapters.logs import ALLOWED, observer, start_logging
from mfa_commands.adapters.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

ZERO, AT = Partition(0), Offset(7)


@pytest.fixture
def lines() -> Iterator[list[MutableMapping[str, Any]]]:
    with structlog.testing.capture_logs() as captured:
        yield captured


@pytest.mark.parametrize(
    ("observation", "level"),
    [
        (seen.LeaseReady(ZERO, AT, 1, 0, 0.1), "info"),
        (seen.LeaseReleased(ZERO), "info"),
        (seen.BrokerBack(), "info"),
        (seen.BrokerLost("away"), "warning"),
        (seen.LeaseLost(ZERO, "fenced", "by another", 1.0), "warning"),
        (seen.BatchFailed(ZERO, AT, 3, "KeyError"), "warning"),
        (seen.LeaseHalted(ZERO, "mfa.events", AT, "halted", "a gap"), "error"),
        (seen.RecordPoisoned(ZERO, AT, "KeyError"), "error"),
        (seen.InputGone(ZERO, AT, Offset(9)), "error"),
        (seen.RouteFailed("KeyError"), "error"),
    ],
)
def test_what_is_observed_is_said_by_its_name_and_weight(
    lines: list[MutableMapping[str, Any]], observation: seen.Observation, level: str
) -> None:
    observer(structlog.get_logger())(observation)

    (line,) = lines
    assert (line["event"], line["log_level"]) == (type(observation).__name__, level)
    assert set(line) - {"log_level"} <= ALLOWED


def test_what_happens_all_the_time_is_counted_and_not_logged(lines: list[MutableMapping[str, Any]]) -> None:
    observe = observer(structlog.get_logger())
    observe(seen.Committed(ZERO, 10, 20, 0.1))
    observe(seen.RecordsDropped(ZERO, 10))

    assert lines == []


def test_only_keys_that_tell_nothing_of_a_person_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        start_logging().info("told", partition=1, user="ann", token="SECRETWORD")  # noqa: S106 - must not come back
    finally:
        structlog.configure(**before)

    line = json.loads(capsys.readouterr().err)
    assert {key for key in line if key != "timestamp"} == {"event", "level", "partition"}
    assert {"tenant", "user", "personal", "value", "key", "token"} & ALLOWED == set()


def test_decided_commands_and_where_the_leases_are_can_be_scraped() -> None:
    held, stopped = Ready(AT), Halted("mfa.events", AT, "a gap")
    partitions = {
        ZERO: PartitionStatus(held, 0.0, 0, 3),
        Partition(1): PartitionStatus(stopped, 0.0, 0, None),
    }
    metrics = Metrics(lambda: Status(assigned_once=True, draining=False, partitions=partitions))
    metrics.observe(seen.Committed(ZERO, 10, 20, 0.5))
    metrics.observe(seen.RecordPoisoned(ZERO, AT, "KeyError"))
    metrics.repeated()

    told = metrics.page().decode()
    for line in (
        "mfa_commands_decided_total 10.0",
        "mfa_commands_transactions_total 1.0",
        "mfa_commands_transaction_seconds_total 0.5",
        "mfa_commands_poisoned_total 1.0",
        "mfa_commands_repeated_total 1.0",
        'mfa_commands_lag{partition="0"} 3.0',
        "mfa_commands_halted 1.0",
    ):
        assert f"\n{line}\n" in told
