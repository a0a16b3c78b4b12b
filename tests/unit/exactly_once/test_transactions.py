"""One transaction: all of it or nothing, and never more than the bounds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from exactly_once import BrokerError, FencedError, Offset
from exactly_once import position as positions
from exactly_once.observations import Committed, LeaseLost, LeaseReady
from exactly_once.records import RECORD_BYTES
from support.copying import Copying
from support.leasing import P0, P1, QUICK, Meddling, Rig, hanging, raising, until, values

if TYPE_CHECKING:
    from support.copying import Counts
    from support.leasing import Worker

GONE = raising(BrokerError("gone"))


async def test_records_are_copied_in_order_and_once() -> None:
    rig = Rig()
    wanted = values(1200)
    rig.write(*wanted)
    async with rig.running(rig.worker()):
        await rig.until_copied(*wanted)

    assert (rig.copied(), rig.numbers()) == (wanted, list(range(1, 1201)))


async def test_a_transaction_takes_no_more_records_than_its_bound() -> None:
    rig = Rig(limits=replace(QUICK, transaction_records=7))
    rig.write(*values(30))
    worker = rig.worker()
    async with rig.running(worker):
        await rig.until_copied(*values(30))

    assert max(c.records for c in worker.saw(Committed)) == 7


async def test_a_transaction_takes_no_more_bytes_than_its_bound() -> None:
    rig = Rig(limits=replace(QUICK, transaction_bytes=3 * (RECORD_BYTES + len("k" + "v0")) + 1))
    rig.write(*values(9))
    worker = rig.worker()
    async with rig.running(worker):
        await rig.until_copied(*values(9))

    assert max(c.records for c in worker.saw(Committed)) == 3


async def test_a_record_does_not_wait_for_more() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        await until(worker.is_ready)
        rig.write("a")
        await rig.until_copied("a")

    assert [c.records for c in worker.saw(Committed)] == [1]


async def test_every_transaction_records_the_position_in_the_same_commit() -> None:
    rig = Rig()
    rig.write("a", "b")
    async with rig.running(rig.worker()):
        await rig.until_copied("a", "b")

    log = rig.cluster.log(rig.spec.state_topic, 0)
    found = [r.value for r in log.committed(Offset(0), log.high) if r.key == positions.KEY]
    last = positions.decode(found[-1] or b"")
    assert last is not None
    assert (last.next_input, last.last_output) == (2, 1)


async def test_the_groups_offset_is_committed_for_those_who_watch_the_lag() -> None:
    rig = Rig()
    rig.write("a", "b")
    async with rig.running(rig.worker()):
        await rig.until_copied("a", "b")

    assert rig.cluster.group_offsets[rig.spec.group, (rig.spec.input_topic, P0)] == 2


@pytest.mark.parametrize("action", ["send t.out", "send t.state", "send_offset", "commit"])
@pytest.mark.parametrize("late", [False, True], ids=["unheard", "unanswered"])
async def test_whatever_request_is_lost_nothing_is_lost_and_nothing_comes_twice(action: str, *, late: bool) -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle(action, GONE, late=late)
        rig.write("a", "b")
        await rig.until_copied("a", "b")
        rig.write("c")
        await rig.until_copied("c")

    assert (rig.numbers(), len(worker.saw(LeaseReady))) == ([1, 2, 3], 2)


@pytest.mark.parametrize("late", [False, True], ids=["not done", "done"])
async def test_a_commit_that_never_answers_is_given_up_and_what_happened_is_looked_up(*, late: bool) -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", hanging(), late=late)
        rig.write("a")
        await rig.until_copied("a")
        rig.write("b")
        await rig.until_copied("b")

    assert (rig.numbers(), [lost.code for lost in worker.saw(LeaseLost)]) == ([1, 2], [BrokerError.code])


async def test_an_overlay_is_merged_only_once_it_is_committed() -> None:
    rig = Rig()
    rig.write("a", "b")
    application = Watching(rig.spec, rig=rig)
    async with rig.running(rig.worker(application=application)):
        await rig.until_copied("a", "b")
        await until(lambda: bool(application.visible))

    assert application.visible == [["a", "b"]]


async def test_a_stalled_commit_of_one_partition_does_not_hold_up_the_other() -> None:
    rig, wire = Rig(partitions=2), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(lambda: worker.is_ready(P0) and worker.is_ready(P1))
        wire.meddle("commit", lambda: asyncio.sleep(0.15))
        rig.write("slow")
        await until(lambda: wire.times == 0)
        rig.write("quick", partition=1)
        await rig.until_copied("quick", partition=1)
        assert rig.copied() == []


async def test_a_fenced_owner_waits_longer_before_it_comes_back() -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", raising(FencedError("taken")))
        rig.write("a")
        await rig.until_copied("a")

    assert worker.saw(LeaseLost)[0].retry_seconds >= QUICK.backoff_fenced_seconds


async def test_a_producer_that_has_failed_is_thrown_away() -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", GONE)
        rig.write("a")
        await rig.until_copied("a")

        assert [producer.discarded for producer in worker.producers.made] == [True, False]


async def test_a_lease_that_is_taken_anew_keeps_nothing_for_later() -> None:
    rig, wire = Rig(limits=replace(QUICK, acquire_seconds=60.0)), Meddling()
    worker = rig.worker(interference=wire)

    def lose_it() -> None:
        wire.meddle("start", hanging())
        raise BrokerError("gone")

    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", lose_it)
        rig.write("a")
        await until(lambda: wire.action == "start" and wire.times == 0)
        rig.write("b")
        await asyncio.sleep(0.03)

        assert worker.leases.status().partitions[P0].queued == 0


async def test_two_owners_at_once_lose_nothing_and_repeat_nothing() -> None:
    # A zombie that does not know of its expulsion goes on taking the partition; the epochs settle it.
    rig = Rig()
    zombie, owner = rig.worker("zombie"), rig.worker("owner")
    async with rig.running(zombie):
        await until(zombie.is_ready)
        rig.group.members.remove(zombie.member)
        async with rig.running(owner):
            for n in range(20):
                rig.write(f"v{n}")
                await asyncio.sleep(0.005)
            await rig.until_copied(*values(20))

    assert (rig.copied(), fenced(zombie) + fenced(owner) > 0) == (values(20), True)


def fenced(worker: Worker) -> int:
    return sum(lost.code == FencedError.code for lost in worker.saw(LeaseLost))


@dataclass
class Watching(Copying):
    """Looks at the output whenever an overlay is merged."""

    rig: Rig = field(kw_only=True)
    visible: list[list[str]] = field(default_factory=list)

    def merge(self, state: Counts, overlay: Counts) -> None:
        self.visible.append(self.rig.copied())
        super().merge(state, overlay)
