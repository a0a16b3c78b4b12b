"""What readiness and liveness are made of, and what is said when the broker goes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once import BrokerError, Offset, Status
from exactly_once.observations import BrokerBack, BrokerLost
from exactly_once.status import Acquiring, Halted, PartitionStatus, Ready, Waiting
from support.leasing import P0, P1, Meddling, Rig, hanging, raising, until

if TYPE_CHECKING:
    from exactly_once.status import Phase

READY = Ready(Offset(3))
HALTED = Halted("in", Offset(3), "broken")


def test_a_worker_that_the_group_has_not_answered_is_not_ready() -> None:
    assert not Status(assigned_once=False, draining=False, partitions={}).ready


def test_a_worker_that_was_given_nothing_is_ready() -> None:
    assert status().ready


def test_a_worker_with_all_partitions_held_is_ready() -> None:
    assert status(READY, READY).ready


def test_one_partition_that_is_being_taken_makes_it_not_ready() -> None:
    assert not status(READY, Acquiring()).ready


def test_one_partition_that_waits_makes_it_not_ready() -> None:
    assert not status(READY, Waiting("broker")).ready


def test_one_halted_partition_makes_it_not_ready_and_names_the_offset() -> None:
    now = status(READY, HALTED)

    assert (now.ready, now.halted) == (False, {P1: HALTED})


def test_a_broker_that_does_not_answer_makes_it_not_ready() -> None:
    assert not Status(assigned_once=True, draining=False, partitions={}, broker_error="gone").ready


def test_a_partition_that_stands_still_makes_it_not_live() -> None:
    assert not status(READY, idle_seconds=61).is_live(60)


def test_a_halted_partition_may_stand_still_since_a_restart_would_not_help() -> None:
    assert status(HALTED, idle_seconds=3600).is_live(60)


async def test_an_idle_lease_does_not_count_as_standing_still() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        await until(worker.is_ready)

        assert worker.leases.status().partitions[P0].idle_seconds == 0


async def test_a_lease_that_waits_for_a_commit_counts_as_standing_still() -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", hanging())
        rig.write("a")
        await until(lambda: worker.leases.status().partitions[P0].idle_seconds > 0.02)


async def test_the_lag_is_what_lies_between_the_lease_and_the_end() -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", hanging())
        rig.write("a", "b", "c")
        await until(lambda: worker.leases.status().partitions[P0].lag == 3)
        await until(lambda: worker.leases.status().partitions[P0].lag == 0)


async def test_a_broker_that_goes_away_is_said_once_and_so_is_its_return() -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("ends", raising(BrokerError("gone")))
        wire.times = 4
        await until(lambda: bool(worker.saw(BrokerBack)))

    assert (len(worker.saw(BrokerLost)), len(worker.saw(BrokerBack))) == (1, 1)


def status(*phases: Phase, idle_seconds: float = 0) -> Status:
    partitions = [PartitionStatus(phase, idle_seconds, 0, None) for phase in phases]
    return Status(assigned_once=True, draining=False, partitions=dict(zip((P0, P1), partitions, strict=False)))
