"""A record's own fault: it is found, answered, and holds up no other; what must not be passed halts."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactly_once import HaltedError, Offset
from exactly_once.observations import BatchFailed, LeaseHalted, LeaseLost, RecordPoisoned
from support.copying import Copying
from support.leasing import P0, Rig, until, values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exactly_once import Batch, Record
    from support.copying import Counts


async def test_a_refused_append_keeps_the_whole_batch_back() -> None:
    # The client would commit the rest of it; the other outputs of the batch must not be seen without this one.
    rig = Rig(max_record_bytes=1000)
    rig.write("a", "x" * 1000, "b")
    worker = rig.worker()
    async with rig.running(worker):
        await rig.until_copied("a", "b")

    assert (rig.copied(), rig.numbers(), len(dead_letters(rig))) == (["a", "b"], [1, 2], 1)


async def test_what_follows_a_refused_record_is_not_taken_as_answered_with_it() -> None:
    rig = Rig(max_record_bytes=1000)
    rig.write("a", "x" * 1000)
    worker = rig.worker(application=FollowedUp(rig.spec, follow=lambda: rig.write("b")))
    async with rig.running(worker):
        await until(lambda: len(dead_letters(rig)) == 1)
        await rig.until_copied("b")

    assert (rig.copied(), len(dead_letters(rig))) == (["a", "b"], 1)


async def test_a_record_that_cannot_be_decided_is_answered_and_the_others_go_on() -> None:
    rig = Rig()
    rig.write("a", "bad", "b")
    worker = rig.worker(application=Copying(rig.spec, bad=frozenset({b"bad"})))
    async with rig.running(worker):
        await rig.until_copied("a", "b")

    assert (rig.copied(), dead_letters(rig)) == (["a", "b"], [{"offset": 1, "error": "ValueError"}])


async def test_a_bad_record_is_decided_alone_before_it_is_given_up() -> None:
    rig = Rig()
    rig.write(*values(8), "bad")
    worker = rig.worker(application=Copying(rig.spec, bad=frozenset({b"bad"})))
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(RecordPoisoned)))

    sizes = [failed.records for failed in worker.saw(BatchFailed)]
    assert (sizes, rig.copied(), worker.saw(RecordPoisoned)[0].offset) == ([9, 5, 3, 2], values(8), 8)


async def test_the_log_says_where_a_bad_record_fails_and_quotes_nothing_of_it() -> None:
    rig = Rig()
    rig.write("SECRETWORD")
    worker = rig.worker(application=Parsing(rig.spec))
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(RecordPoisoned)))

    (failed,), (poisoned,) = worker.saw(BatchFailed), worker.saw(RecordPoisoned)
    # The error arises in json; the line of ours that led there is what can be mended.
    line = inspect.getsourcelines(Parsing.decide)[1] + 2
    assert (failed.error, poisoned.error) == (f"JSONDecodeError at {__name__.replace('.', '/')}.py:{line}",) * 2


async def test_a_defect_beside_the_records_is_said_with_its_place() -> None:
    rig = Rig()
    rig.write("a")
    worker = rig.worker(application=Unmerging(rig.spec))
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(LeaseLost)))

    (lost, *_) = worker.saw(LeaseLost)
    assert (lost.code, lost.error.partition(":")[0]) == ("KeyError", f"KeyError at {__name__.replace('.', '/')}.py")


async def test_a_record_that_fails_only_once_is_not_given_up() -> None:
    rig = Rig()
    rig.write("a")
    worker = rig.worker(application=FailsOnce(rig.spec))
    async with rig.running(worker):
        await rig.until_copied("a")

    assert dead_letters(rig) == []


async def test_a_record_that_can_neither_be_decided_nor_answered_halts_its_partition_only() -> None:
    rig = Rig(partitions=2)
    rig.write("bad")
    rig.write("a", partition=1)
    worker = rig.worker(application=Unanswering(rig.spec, bad=frozenset({b"bad"})))
    async with rig.running(worker):
        await rig.until_copied("a", partition=1)
        await until(lambda: bool(worker.saw(LeaseHalted)))
        ready, halted = worker.leases.status().ready, worker.leases.status().halted

    assert (ready, set(halted), halted[P0].offset) == (False, {P0}, 0)


async def test_the_application_may_halt_a_partition() -> None:
    rig = Rig()
    rig.write("a")
    worker = rig.worker(application=Halting(rig.spec))
    async with rig.running(worker):
        await until(lambda: bool(worker.saw(LeaseHalted)))

    assert (worker.saw(LeaseHalted)[0].offset, worker.saw(LeaseHalted)[0].reason) == (0, "broken")


def dead_letters(rig: Rig) -> list[object]:
    log = rig.cluster.log(rig.spec.output_topics[0], 0)
    return [json.loads(r.value or b"") for r in log.committed(Offset(0), log.high)]


@dataclass
class FailsOnce(Copying):
    failed: bool = False

    async def decide(self, state: Counts, records: Sequence[Record]) -> Batch[Counts]:
        if not self.failed:
            self.failed = True
            raise RuntimeError("expected a better day")
        return await super().decide(state, records)


@dataclass
class FollowedUp(Copying):
    """The next record comes just after this one was found to fail alone."""

    follow: Callable[[], None] | None = None

    async def decide(self, state: Counts, records: Sequence[Record]) -> Batch[Counts]:
        if self.follow is not None and len(records) == 1 and records[0].offset == 1:
            self.follow()
            self.follow = None
        return await super().decide(state, records)


@dataclass
class Parsing(Copying):
    async def decide(self, state: Counts, records: Sequence[Record]) -> Batch[Counts]:
        for record in records:
            json.loads(record.value or b"")
        return await super().decide(state, records)


@dataclass
class Unmerging(Copying):
    def merge(self, state: Counts, overlay: Counts) -> None:  # noqa: ARG002  # as asked of it
        raise KeyError("SECRETWORD")


@dataclass
class Unanswering(Copying):
    async def poison(self, state: Counts, record: Record, error: Exception) -> Batch[Counts]:  # noqa: ARG002  # as asked of it
        raise RuntimeError("expected an answer, have none")


@dataclass
class Halting(Copying):
    async def decide(self, state: Counts, records: Sequence[Record]) -> Batch[Counts]:  # noqa: ARG002  # as asked of it
        raise HaltedError(records[0].partition, records[0].offset, "broken")
