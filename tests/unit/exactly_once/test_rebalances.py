"""What the group does to leases: revoked, kept, given to others; and an orderly end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from exactly_once import Offset, Partition
from exactly_once.observations import LeaseLost, LeaseReady, LeaseReleased, RecordsDropped
from support.leasing import P0, P1, QUICK, Meddling, Rig, hanging, until, values


async def test_a_revocation_waits_for_the_transaction_under_way() -> None:
    rig, wire, gate = Rig(), Meddling(), asyncio.Event()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", gate.wait)
        rig.write("a")
        await until(lambda: wire.times == 0)
        revoking = asyncio.create_task(worker.leases.on_revoked([P0]))
        await asyncio.sleep(0.02)
        waited = not revoking.done()
        gate.set()
        await revoking

        assert (waited, rig.copied()) == (True, ["a"])


async def test_a_revocation_does_not_wait_for_ever() -> None:
    rig, wire = Rig(limits=replace(QUICK, transaction_seconds=60.0, revoke_seconds=0.05)), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", hanging())
        rig.write("a")
        await until(lambda: wire.times == 0)
        async with asyncio.timeout(1):
            await worker.leases.on_revoked([P0])

        assert worker.saw(LeaseReleased) == [LeaseReleased(P0)]


async def test_after_a_revocation_nothing_new_is_begun() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        await until(worker.is_ready)
        await worker.leases.on_revoked([P0])
        rig.write("a")
        await asyncio.sleep(0.03)

        assert rig.copied() == []
        await worker.leases.on_assigned([P0])
        await rig.until_copied("a")


async def test_a_partition_that_comes_back_is_not_taken_anew() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        await until(worker.is_ready)
        await rig.group.rebalance()
        rig.write("a")
        await rig.until_copied("a")

    assert len(worker.saw(LeaseReady)) == 1


async def test_a_kept_lease_goes_on_where_it_was_and_not_where_the_group_says() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        rig.write("a", "b")
        await rig.until_copied("a", "b")
        rig.cluster.group_offsets.clear()
        await rig.group.rebalance()
        rig.write("c")
        await rig.until_copied("c")

    assert rig.copied() == ["a", "b", "c"]


async def test_a_kept_lease_loses_nothing_when_the_groups_offset_is_ahead() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        rig.write("a", "b")
        await rig.until_copied("a", "b")
        rig.cluster.group_offsets[rig.spec.group, (rig.spec.input_topic, P0)] = Offset(3)
        await rig.group.rebalance()
        rig.write("c", "d")
        await rig.until_copied("d")

    assert rig.copied() == ["a", "b", "c", "d"]


async def test_a_partition_that_goes_to_another_is_released() -> None:
    rig = Rig(partitions=2)
    first, second = rig.worker("first"), rig.worker("second")
    async with rig.running(first, second):
        await until(lambda: second.is_ready(P1))

        assert (first.saw(LeaseReleased), first.phase(P1)) == ([LeaseReleased(P1)], None)


async def test_workers_come_and_go_and_nothing_is_lost_or_repeated() -> None:
    rig = Rig(partitions=4, limits=replace(QUICK, transaction_records=5))
    workers = [rig.worker(f"worker {n}") for n in range(3)]
    steady, wanted = rig.worker("steady"), values(60)
    async with rig.running(steady):
        for n, value in enumerate(wanted):
            for partition in range(4):
                rig.write(value, partition=partition)
            if n % 10 == 5:
                async with rig.running(workers[n // 10 % 3]):
                    await asyncio.sleep(0.02)
                workers[n // 10 % 3] = rig.worker(f"worker of {n}")
        for partition in range(4):
            await rig.until_copied(*wanted, partition=partition)

    assert [rig.copied(partition) for partition in range(4)] == [wanted] * 4


async def test_a_second_revocation_before_the_first_assignment_is_heeded() -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", lambda: asyncio.sleep(0.05))
        rig.write("a")
        await until(lambda: wire.times == 0)
        rig.write("b")
        await until(lambda: worker.leases.status().partitions[P0].queued == 1)
        await worker.leases.on_revoked([P0])
        resumed = asyncio.create_task(worker.leases.on_assigned([P0]))
        again = asyncio.create_task(worker.leases.on_revoked([P0]))
        await asyncio.gather(resumed, again)
        await asyncio.sleep(0.03)

        assert rig.copied() == ["a"]


async def test_what_is_delivered_during_a_rebalance_is_not_believed() -> None:
    # The consumer begins at the group's offset, which somebody has set ahead, before the lease is told.
    rig, wire, gate = Rig(), Meddling(), asyncio.Event()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        rig.write("a", "b")
        await rig.until_copied("a", "b")
        rig.cluster.group_offsets[rig.spec.group, (rig.spec.input_topic, P0)] = Offset(3)
        wire.meddle("assign", gate.wait, late=True)
        rebalanced = asyncio.create_task(rig.group.rebalance())
        await until(lambda: wire.times == 0)
        rig.write("c", "d")
        await until(lambda: bool(worker.saw(RecordsDropped)) or rig.copied()[-1] == "d")
        gate.set()
        await rebalanced
        await rig.until_copied("c", "d")

    assert rig.copied() == ["a", "b", "c", "d"]


async def test_a_drain_ends_what_is_under_way_and_begins_nothing() -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)
        wire.meddle("commit", lambda: asyncio.sleep(0.05))
        rig.write("a")
        await until(lambda: wire.times == 0)
        rig.write("b")
        await worker.leases.drain()

        assert (rig.copied(), worker.saw(LeaseReleased), worker.saw(LeaseLost)) == (["a"], [LeaseReleased(P0)], [])


async def test_a_drained_worker_is_not_ready_and_takes_nothing_more() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        await until(worker.is_ready)
        await worker.leases.drain()
        await worker.leases.on_assigned([P0])
        status = worker.leases.status()

        assert (status.ready, dict(status.partitions)) == (False, {})


async def test_a_drain_without_leases_ends_at_once() -> None:
    async with asyncio.timeout(1):
        await Rig().worker().leases.drain()


async def test_a_successor_goes_on_right_after_a_drain() -> None:
    rig = Rig()
    rig.write("a")
    async with rig.running(rig.worker("first")):
        await rig.until_copied("a")
    rig.write("b")
    async with rig.running(rig.worker("second")):
        await rig.until_copied("b")

    assert rig.numbers() == [1, 2]


async def test_an_assignment_of_a_partition_nobody_heard_of_begins_a_lease() -> None:
    rig = Rig(partitions=3)
    worker = rig.worker()
    async with rig.running(worker):
        await until(lambda: worker.is_ready(Partition(2)))
