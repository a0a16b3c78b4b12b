"""What the pages say, and why."""

from __future__ import annotations

from exactly_once import Offset, Partition, Status
from exactly_once.status import Halted, PartitionStatus, Ready, Waiting
from mfa_projections.adapters.health import why_not_live, why_not_ready

READY = PartitionStatus(Ready(Offset(0)), 0, 0, 0)
HALTED = PartitionStatus(Halted("mfa.events", Offset(7), "a gap"), 0, 0, 0)


def status(
    *partitions: PartitionStatus, assigned: bool = True, draining: bool = False, broker: str | None = None
) -> Status:
    return Status(assigned, draining, {Partition(n): each for n, each in enumerate(partitions)}, broker)


def test_held_partitions_and_a_migrated_database_are_ready() -> None:
    assert why_not_ready({"views": status(READY)}, None) == []


def test_a_worker_without_a_share_is_ready() -> None:
    assert why_not_ready({"views": status()}, None) == []


def test_a_halted_partition_is_named_with_its_offset() -> None:
    told = why_not_ready({"views": status(READY, HALTED)}, None)

    assert told == ["views: 1 halted at offset 7 of mfa.events: a gap"]


def test_a_database_that_is_away_is_named() -> None:
    assert why_not_ready({"views": status(READY)}, "away") == ["database: away"]


def test_a_broker_that_is_away_is_named() -> None:
    (told,) = why_not_ready({"relay": status(broker="refused")}, None)

    assert told.startswith("relay: ")
    assert "refused" in told


def test_before_the_group_has_spoken_nothing_is_ready() -> None:
    assert len(why_not_ready({"views": status(assigned=False)}, None)) == 1


def test_a_partition_that_is_not_held_yet_is_not_ready() -> None:
    waiting = PartitionStatus(Waiting("database"), 1, 0, None)

    assert len(why_not_ready({"views": status(READY, waiting)}, None)) == 1


def test_a_worker_that_stops_is_not_ready() -> None:
    assert why_not_ready({"views": status(draining=True)}, None) == ["views: stopping"]


def test_a_partition_with_work_that_stands_still_is_not_live() -> None:
    stuck = PartitionStatus(Ready(Offset(0)), idle_seconds=130, queued=3, lag=3)

    assert len(why_not_live({"views": status(READY, stuck)}, 120)) == 1


def test_a_restart_would_not_help_a_halted_partition() -> None:
    stands = PartitionStatus(HALTED.phase, idle_seconds=1000, queued=0, lag=0)

    assert why_not_live({"views": status(stands)}, 120) == []
