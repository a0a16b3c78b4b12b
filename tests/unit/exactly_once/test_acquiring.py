"""How a partition is taken: the fence, the wait, the state, then seek and ready in one step."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from exactly_once import BrokerError, FencedError, Offset, Output
from exactly_once.observations import LeaseHalted, LeaseLost, LeaseReady, OpenTransaction
from exactly_once.status import Ready
from support.leasing import P0, Meddling, Rig, Seeks, raising, until

if TYPE_CHECKING:
    from exactly_once import Partition
    from exactly_once.status import Phase
    from support.leasing import Worker


def first_of(passed: list[str], action: str) -> int:
    return passed.index(action)


async def test_the_fence_comes_before_everything_else() -> None:
    rig, wire = Rig(), Meddling()
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(worker.is_ready)

    asked = [action for action in wire.passed if action not in {"poll", "assign"}]
    assert asked[0] == "start"


async def test_the_state_is_read_after_the_fence_and_after_the_wait() -> None:
    rig, wire = Rig(), Meddling()
    rig.write("a")
    former, worker = rig.worker("former"), rig.worker(interference=wire)
    async with rig.running(former):
        await rig.until_copied("a")
    async with rig.running(worker):
        await until(worker.is_ready)

    steps = [first_of(wire.passed, a) for a in ("start", "ends", f"read {rig.spec.state_topic}")]
    assert steps == sorted(steps)


async def test_a_commit_under_way_at_the_former_owner_is_void_once_the_state_is_read() -> None:
    rig, wire, gate = Rig(), Meddling(), asyncio.Event()
    former = rig.worker("former", wire)
    polling = asyncio.create_task(former.member.run())
    await rig.group.join(former.member)
    await until(former.is_ready)
    wire.meddle("commit", gate.wait)
    rig.write("a")
    await until(lambda: rig.cluster.log(rig.spec.main_topic, 0).high > 0)
    await rig.group.expel(former.member)
    successor = rig.worker("successor")
    async with rig.running(successor):
        await until(successor.is_ready)
        gate.set()
        await rig.until_copied("a")
        await until(lambda: bool(former.saw(LeaseLost)))
        polling.cancel()
        await former.leases.drain()

    assert (rig.numbers(), former.saw(LeaseLost)[0].code) == ([1], FencedError.code)


async def test_the_lease_is_not_ready_while_a_transaction_is_open_in_the_output() -> None:
    rig, worker = await with_an_open_transaction()
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(OpenTransaction)))

        assert not worker.is_ready()


async def test_what_a_hanging_transaction_held_back_is_in_the_state_when_the_lease_is_ready() -> None:
    rig = Rig()
    rig.write("a")
    async with rig.running(rig.worker("former")):
        await rig.until_copied("a")
    dead = Output(rig.spec.state_topic, b"other", b"0")
    epoch = rig.cluster.take("foreign")
    rig.cluster.append("foreign", epoch, (rig.spec.state_topic, P0), [dead])
    hidden = rig.cluster.write(rig.spec.state_topic, 0, [Output(rig.spec.state_topic, b"k", b"41")])
    worker = rig.worker()
    rig.write("b")
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(OpenTransaction)))
        rig.cluster.take("foreign")
        await rig.until_copied("b")

    assert (hidden > 0, rig.numbers()) == (True, [1, 42])


async def test_seek_and_ready_are_one_step() -> None:
    rig = Rig()
    phases: list[Phase | None] = []

    def look(partition: Partition, offset: Offset) -> None:  # noqa: ARG001  # as asked of it
        asyncio.get_running_loop().call_soon(lambda: phases.append(worker.phase()))

    worker = rig.worker(consumer=lambda member: Seeks(member, look))
    async with rig.running(worker):
        await until(lambda: bool(phases))

    assert isinstance(phases[0], Ready)


async def test_a_delivery_right_after_the_seek_is_taken() -> None:
    rig = Rig()
    rig.write("a")
    accepted: list[int] = []

    def deliver(partition: Partition, offset: Offset) -> None:
        records = rig.cluster.log(rig.spec.input_topic, partition).committed(offset, Offset(10))
        asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(worker.leases.route(records)))
        accepted.append(offset)

    worker = rig.worker(consumer=lambda member: Seeks(member, deliver))
    await worker.leases.on_assigned([P0])
    worker.member.forget()
    await rig.until_copied("a")
    await worker.leases.drain()

    assert rig.numbers() == [1]


async def test_the_lease_goes_on_at_its_own_position_and_not_at_the_groups() -> None:
    rig = Rig()
    rig.write("a", "b", "c")
    async with rig.running(rig.worker("former")):
        await rig.until_copied("a", "b", "c")
    rig.cluster.group_offsets.clear()
    rig.write("d")
    async with rig.running(rig.worker()):
        await rig.until_copied("d")

    assert rig.copied() == ["a", "b", "c", "d"]


async def test_what_a_fenced_worker_finds_in_the_logs_does_not_halt_the_partition() -> None:
    # Stopped while it loads, it reads one log from before the next owner's commits, another from after them.
    rig = Rig()
    wire = Meddling(f"read {rig.spec.main_topic}", lambda: rig.cluster.take(f"{rig.spec.name}.0"))
    rig.write("a")
    async with rig.running(rig.worker("former")):
        await rig.until_copied("a")
    rig.cluster.write(rig.spec.main_topic, 0, [Output(rig.spec.main_topic, b"k", b"foreign")])
    worker = rig.worker(interference=wire)
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(LeaseLost)) or bool(worker.saw(LeaseHalted)))

        assert ([lost.code for lost in worker.saw(LeaseLost)], worker.saw(LeaseHalted)) == (["fenced"], [])


async def test_a_broker_that_does_not_answer_is_asked_again() -> None:
    rig = Rig()
    rig.write("a")
    worker = rig.worker(interference=Meddling("start", raising(BrokerError("gone")), times=3))
    async with rig.running(worker):
        await rig.until_copied("a")

    assert [lost.code for lost in worker.saw(LeaseLost)] == [BrokerError.code]


async def test_a_broker_that_hangs_is_given_up_and_asked_again() -> None:
    rig = Rig()
    worker = rig.worker(interference=Meddling("identity", lambda: asyncio.sleep(3600)))
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(LeaseReady)))

    assert len(worker.saw(LeaseLost)) == 1


async def with_an_open_transaction() -> tuple[Rig, Worker]:
    rig = Rig()
    epoch = rig.cluster.take("foreign")
    rig.cluster.append("foreign", epoch, (rig.spec.main_topic, P0), [Output(rig.spec.main_topic, b"k", b"{}")])
    return rig, rig.worker()


@pytest.mark.parametrize("action", ["start", "identity", "ends", "read t.state", "send t.out", "send_offset", "commit"])
async def test_a_cancellation_of_a_librarys_own_does_not_end_a_lease(action: str) -> None:
    rig, wire = Rig(), Meddling()
    wire.meddle(action, raising(asyncio.CancelledError()))
    rig.write("a")
    async with rig.running(rig.worker(interference=wire)):
        await rig.until_copied("a")
        rig.write("b")
        await rig.until_copied("a", "b")
