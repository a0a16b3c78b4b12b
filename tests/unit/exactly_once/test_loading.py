"""What a lease believes: its position and state, checked against the logs, or folded anew from the main log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from exactly_once import BrokerError, HaltedError, LogIdentityError, Offset, Output
from exactly_once import position as positions
from exactly_once.observations import InputGone, LeaseHalted, LeaseLost, LeaseReady
from support.kafka_model import Fate
from support.leasing import P0, QUICK, Meddling, Rig, raising, until, values

if TYPE_CHECKING:
    from collections.abc import Callable

    from exactly_once import Position


async def test_an_empty_state_is_folded_from_the_main_log_with_the_same_answers() -> None:
    rig = await with_copies("a", "b")
    rig.cluster.make_anew(rig.spec.state_topic)
    worker = rig.worker()
    rig.write("c")
    async with rig.running(worker):
        await rig.until_copied("c")

    assert (rig.numbers(), worker.saw(LeaseReady)[0].replayed) == ([1, 2, 3], 2)


async def test_a_state_of_an_older_format_is_folded_from_the_main_log() -> None:
    former = await with_copies("a", "b")
    rig = former.with_format(2)
    rig.write("c")
    worker = rig.worker()
    async with rig.running(worker):
        await rig.until_copied("c")

    assert (rig.numbers(), worker.saw(LeaseReady)[0].replayed) == ([1, 2, 3], 2)


async def test_what_was_folded_is_kept_so_that_the_next_owner_need_not_fold() -> None:
    rig = await with_copies("a", "b")
    rig.cluster.make_anew(rig.spec.state_topic)
    async with rig.running(rig.worker()):
        await until(lambda: rig.cluster.log(rig.spec.state_topic, 0).high > 0)
    second = rig.worker()
    async with rig.running(second):
        await until(second.is_ready)

    assert (second.saw(LeaseReady)[0].replayed, second.saw(LeaseReady)[0].restored > 0) == (0, True)


async def test_half_a_kept_state_is_none() -> None:
    rig = Rig(limits=replace(QUICK, snapshot_records=1))
    keys = [f"key{n}".encode() for n in range(4)]
    for key in keys:
        rig.write("a", key=key)
    async with rig.running(rig.worker()):
        await rig.until_copied(*["a"] * 4)
    rig.cluster.make_anew(rig.spec.state_topic)
    wire = Meddling()
    cut = rig.worker(interference=wire)
    wire.meddle("commit", raising(BrokerError("cut after the first part")), late=True)
    for key in keys:
        rig.write("b", key=key)
    async with rig.running(cut):
        await rig.until_copied(*["b"] * 4)

    assert sorted(rig.numbers()) == [1, 1, 1, 1, 2, 2, 2, 2]


async def test_keys_that_the_folded_state_does_not_have_are_deleted_from_the_kept_one() -> None:
    rig = (await with_copies("a")).with_format(2)
    rig.cluster.write(rig.spec.state_topic, 0, [Output(rig.spec.state_topic, b"stray", b"9")])
    async with rig.running(rig.worker()):
        await until(lambda: rig.cluster.log(rig.spec.state_topic, 0).entries[-1].record is None)

    log = rig.cluster.log(rig.spec.state_topic, 0)
    assert [r.value for r in log.committed(Offset(0), log.high) if r.key == b"stray"] == [b"9", None]


async def test_a_compacted_state_is_the_same_state() -> None:
    rig = await with_copies("a", "b")
    rig.cluster.log(rig.spec.state_topic, 0).compact()
    rig.write("c")
    async with rig.running(rig.worker()):
        await rig.until_copied("c")

    assert rig.numbers() == [1, 2, 3]


async def test_a_topic_made_anew_under_a_known_position_halts() -> None:
    rig = await with_copies("a", "b")
    rig.cluster.make_anew(rig.spec.main_topic)

    assert await halted(rig) == (rig.spec.input_topic, 2, LogIdentityError.code)


async def test_another_cluster_halts() -> None:
    rig = await with_copies("a")
    rig.cluster.cluster_id = "another"

    assert await halted(rig) == (rig.spec.input_topic, 1, LogIdentityError.code)


async def test_a_position_beyond_the_end_of_the_input_halts() -> None:
    rig = await with_copies("a")
    await move(rig, lambda position: replace(position, next_input=Offset(99)))

    assert await halted(rig) == (rig.spec.input_topic, 99, LogIdentityError.code)


async def test_a_position_beyond_the_end_of_the_main_log_halts() -> None:
    rig = await with_copies("a")
    await move(rig, lambda position: replace(position, last_output=Offset(99)))

    assert await halted(rig) == (rig.spec.main_topic, 99, LogIdentityError.code)


async def test_a_position_before_the_start_of_the_input_halts() -> None:
    rig = await with_copies("a")
    rig.write("lost", "kept")
    rig.cluster.log(rig.spec.input_topic, 0).cut(Offset(2))

    assert await halted(rig) == (rig.spec.input_topic, 1, LogIdentityError.code)


async def test_a_position_before_the_start_of_an_empty_input_halts_before_anything_comes() -> None:
    rig = await with_copies("a")
    rig.write("lost")
    rig.cluster.log(rig.spec.input_topic, 0).cut(Offset(2))

    assert await halted(rig) == (rig.spec.input_topic, 1, LogIdentityError.code)


async def test_an_input_that_is_cut_under_a_running_lease_halts_it() -> None:
    rig = Rig()
    worker = rig.worker()
    async with rig.running(worker):
        await until(worker.is_ready)
        rig.cluster.write(rig.spec.input_topic, 0, [])
        log = rig.cluster.log(rig.spec.input_topic, 0)
        log.append([Output(rig.spec.input_topic, b"k", v.encode()) for v in values(3)], None, 0)
        log.cut(Offset(2))
        await until(lambda: bool(worker.saw(LeaseHalted)))

    assert (worker.saw(LeaseHalted)[0].code, rig.copied()) == (LogIdentityError.code, [])


async def test_a_position_that_cannot_be_read_halts() -> None:
    rig = await with_copies("a")
    rig.cluster.write(rig.spec.state_topic, 0, [Output(rig.spec.state_topic, positions.KEY, b"nonsense")])

    assert (await halted(rig))[2] == LogIdentityError.code


async def test_what_another_program_wrote_to_the_main_log_halts_and_names_its_offset() -> None:
    rig = await with_copies("a")
    at = rig.cluster.write(rig.spec.main_topic, 0, [Output(rig.spec.main_topic, b"k", b"{}")])

    assert await halted(rig) == (rig.spec.main_topic, at, HaltedError.code)


async def test_what_another_program_writes_beside_a_running_lease_halts_it_before_the_next_commit() -> None:
    rig = await with_copies("a")
    worker = rig.worker()
    async with rig.running(worker):
        rig.write("b")
        await rig.until_copied("b")
        at = rig.cluster.write(rig.spec.main_topic, 0, [Output(rig.spec.main_topic, b"k", b"{}")])
        rig.write("c")
        await until(lambda: bool(worker.saw(LeaseHalted)))
    (told,) = worker.saw(LeaseHalted)
    log = rig.cluster.log(rig.spec.main_topic, 0)

    assert (told.topic, told.offset) == (rig.spec.main_topic, at)
    assert log.committed(Offset(at + 1), log.high) == []


async def test_what_somebody_wrote_and_took_back_beside_a_running_lease_halts_nobody() -> None:
    rig = await with_copies("a")
    worker = rig.worker()
    async with rig.running(worker):
        rig.write("b")
        await rig.until_copied("b")
        epoch = rig.cluster.take("stranger")
        rig.cluster.append("stranger", epoch, (rig.spec.main_topic, P0), [Output(rig.spec.main_topic, b"k", b"{}")])
        rig.cluster.end("stranger", epoch, Fate.ABORTED)
        rig.write("c")
        await rig.until_copied("c")

    assert (rig.numbers(), worker.saw(LeaseHalted)) == ([1, 2, 3], [])


async def test_a_lease_that_nobody_writes_beside_is_never_lost() -> None:
    rig = await with_copies("a")
    worker = rig.worker()
    async with rig.running(worker):
        for value in ("b", "c", "d"):
            rig.write(value)
            await rig.until_copied(value)

    assert worker.saw(LeaseLost) == []


async def test_a_main_log_without_its_beginning_is_not_folded() -> None:
    rig = await with_copies("a", "b")
    rig.cluster.make_anew(rig.spec.state_topic)
    rig.cluster.log(rig.spec.main_topic, 0).cut(Offset(1))

    assert await halted(rig) == (rig.spec.main_topic, 1, HaltedError.code)


async def test_a_folded_state_that_has_seen_more_than_the_input_holds_halts() -> None:
    rig = await with_copies("a", "b")
    rig.cluster.make_anew(rig.spec.state_topic)
    rig.cluster.make_anew(rig.spec.input_topic)

    assert await halted(rig) == (rig.spec.input_topic, 2, LogIdentityError.code)


async def test_an_input_that_has_passed_a_folded_state_is_told() -> None:
    rig = await with_copies("a")
    rig.cluster.make_anew(rig.spec.state_topic)
    rig.write("lost", "kept")
    rig.cluster.log(rig.spec.input_topic, 0).cut(Offset(2))
    worker = rig.worker()
    async with rig.running(worker):
        await rig.until_copied("kept")

    assert worker.saw(InputGone) == [InputGone(P0, Offset(1), Offset(2))]


async def test_a_halted_partition_leaves_the_others_alone() -> None:
    rig = await with_copies("a", partitions=2)
    rig.cluster.write(rig.spec.main_topic, 0, [Output(rig.spec.main_topic, b"k", b"{}")])
    rig.write("b", partition=1)
    worker = rig.worker()
    async with rig.running(worker):
        await rig.until_copied("b", partition=1)
        await until(lambda: bool(worker.leases.status().halted))
        status = worker.leases.status()

    assert (status.ready, status.is_live(0.5)) == (False, True)


@pytest.mark.parametrize("action", ["identity", "ends", "read t.state", "read t.out"])
async def test_a_read_that_fails_is_begun_again(action: str) -> None:
    rig = await with_copies("a")
    rig.write("b")
    async with rig.running(rig.worker(interference=Meddling(action, raising(BrokerError("gone"))))):
        await rig.until_copied("b")

    assert rig.numbers() == [1, 2]


async def with_copies(*copied: str, partitions: int = 1) -> Rig:
    rig = Rig(partitions)
    rig.write(*copied)
    async with rig.running(rig.worker("former")):
        await rig.until_copied(*copied)
    return rig


async def halted(rig: Rig) -> tuple[str, int, str]:
    worker = rig.worker()
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(LeaseHalted)))
    told = worker.saw(LeaseHalted)[0]
    return (told.topic, told.offset, told.code)


async def move(rig: Rig, change: Callable[[Position], Position]) -> None:
    log = rig.cluster.log(rig.spec.state_topic, 0)
    kept = [r.value for r in log.committed(Offset(0), log.high) if r.key == positions.KEY]
    position = positions.decode(kept[-1] or b"")
    assert position is not None
    moved = Output(rig.spec.state_topic, positions.KEY, positions.encode(change(position)))
    rig.cluster.write(rig.spec.state_topic, 0, [moved])
