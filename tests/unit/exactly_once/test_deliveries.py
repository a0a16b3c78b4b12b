"""From the consumer to the lease: in order, none missing, none twice, and never more than a bound."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from exactly_once import Offset, Output, Record
from exactly_once.feed import Feed
from exactly_once.observations import RecordsDropped, RouteFailed
from support.kafka_model import Fate
from support.leasing import P0, P1, QUICK, Meddling, Rig, hanging, until, values

if TYPE_CHECKING:
    from exactly_once import Partition


async def test_records_of_a_partition_without_a_lease_are_dropped() -> None:
    rig = Rig()
    worker = rig.worker()
    await worker.leases.route([record(0)])

    assert worker.saw(RecordsDropped) == [RecordsDropped(P0, 1)]


async def test_records_before_the_lease_is_ready_are_dropped_and_come_again() -> None:
    rig, wire, gate = Rig(), Meddling(), asyncio.Event()
    wire.meddle("start", gate.wait)
    worker = rig.worker(interference=wire)
    rig.write("a")
    async with rig.running(worker):
        await worker.leases.route(rig.cluster.log(rig.spec.input_topic, 0).committed(Offset(0), Offset(1)))
        gate.set()
        await rig.until_copied("a")

    # The consumer may have delivered it as well before it was ready.
    assert (rig.copied(), set(worker.saw(RecordsDropped))) == (["a"], {RecordsDropped(P0, 1)})


async def test_records_that_were_here_before_are_dropped() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        rig.write("a", "b")
        await rig.until_copied("a", "b")
        await worker.leases.route(rig.cluster.log(rig.spec.input_topic, 0).committed(Offset(0), Offset(2)))
        rig.write("c")
        await rig.until_copied("c")

    assert rig.copied() == ["a", "b", "c"]


async def test_offsets_of_markers_in_the_input_are_no_loss() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        for value in ("a", "b", "c"):
            epoch = rig.cluster.take("sender")
            place = (rig.spec.input_topic, P0)
            rig.cluster.append("sender", epoch, place, [Output(place[0], b"k", value.encode())])
            rig.cluster.end("sender", epoch, Fate.ABORTED if value == "b" else Fate.COMMITTED)
        await rig.until_copied("a", "c")

    assert rig.copied() == ["a", "c"]


async def test_a_full_queue_pauses_its_partition_and_goes_on_when_there_is_room() -> None:
    limits = replace(QUICK, queue_records=4, transaction_records=2)
    rig = Rig(limits=limits)
    rig.write(*values(50))
    worker = rig.worker()
    worker.member.most_records = 3
    longest = 0
    async with rig.running(worker):
        while len(rig.copied()) < 50:
            await asyncio.sleep(0)
            longest = max([longest, *(p.queued for p in worker.leases.status().partitions.values())])

    assert (rig.copied(), longest <= 4 + 3) == (values(50), True)


async def test_a_full_queue_of_one_partition_does_not_hold_up_the_other() -> None:
    rig, wire = Rig(partitions=2, limits=replace(QUICK, queue_records=2, transaction_seconds=60.0)), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(lambda: worker.is_ready(P0) and worker.is_ready(P1))
        wire.meddle("commit", hanging())
        rig.write(*values(20))
        await until(lambda: wire.times == 0)
        rig.write("b", partition=1)
        await rig.until_copied("b", partition=1)


async def test_nothing_is_ever_raised_to_the_host() -> None:
    rig, breaking = Rig(), Breaking()
    worker = rig.worker(consumer=lambda _: breaking)
    await worker.leases.on_assigned([P0])
    await until(worker.is_ready)
    breaking.broken = True
    await worker.leases.route([record(5)])

    (failed,) = worker.saw(RouteFailed)
    assert failed.error.startswith("RuntimeError at exactly_once/feed.py:")
    breaking.broken = False
    await worker.leases.drain()


# ---- the feed alone ---------------------------------------------------------------------------------------------


def test_a_closed_feed_takes_nothing() -> None:
    feed, _ = opened(closed=True)

    assert (feed.take_in([record(0)]), len(feed)) == (1, 0)


def test_an_open_feed_takes_what_begins_where_it_should() -> None:
    feed, _ = opened(at=5)

    assert (feed.take_in([record(5), record(6)]), len(feed)) == (0, 2)


def test_a_delivery_from_before_the_seek_is_dropped_and_sought_again() -> None:
    feed, consumer = opened(at=5)

    assert (feed.take_in([record(9)]), consumer.sought) == (1, [5, 5])


def test_the_delivery_after_a_seek_between_deliveries_is_believed_though_it_begins_later() -> None:
    feed, _ = opened(at=5)
    feed.take_in([record(9)])

    assert (feed.take_in([record(7)]), len(feed)) == (0, 1)


def test_what_was_taken_in_before_is_dropped() -> None:
    feed, _ = opened(at=5)
    feed.take_in([record(5), record(6)])

    assert (feed.take_in([record(6), record(7)]), len(feed)) == (1, 3)


def test_a_feed_that_is_put_back_in_line_seeks_what_it_expects_next() -> None:
    feed, consumer = opened(at=5)
    feed.take_in([record(5), record(6)])
    feed.realign()

    assert consumer.sought == [5, 7]


@pytest.mark.parametrize("times", [1, 2])
def test_closing_a_feed_pauses_its_partition_once(times: int) -> None:
    feed, consumer = opened(at=5)
    for _ in range(times):
        feed.close()

    assert consumer.paused == [P0]


@dataclass
class Noting:
    """A consumer that notes."""

    sought: list[int] = field(default_factory=list)
    paused: list[Partition] = field(default_factory=list)

    def assignment(self) -> frozenset[Partition]:
        return frozenset({P0})

    def seek(self, partition: Partition, offset: Offset) -> None:  # noqa: ARG002  # as asked of it
        self.sought.append(offset)

    def pause(self, partition: Partition) -> None:
        self.paused.append(partition)

    def resume(self, partition: Partition) -> None: ...


@dataclass
class Breaking(Noting):
    """A consumer that breaks once at a seek."""

    broken: bool = False

    def seek(self, partition: Partition, offset: Offset) -> None:
        if self.broken:
            self.broken = False
            raise RuntimeError("expected nothing to break")
        super().seek(partition, offset)


def opened(at: int = 0, *, closed: bool = False) -> tuple[Feed, Noting]:
    consumer = Noting()
    feed = Feed(consumer, P0, QUICK)
    if not closed:
        feed.open(Offset(at))
    return feed, consumer


def record(offset: int) -> Record:
    return Record(P0, Offset(offset), 0, 0, b"k", b"v")
