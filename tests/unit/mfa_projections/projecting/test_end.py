"""The end of the log: when the read side may say that it has caught up, and when not."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from exactly_once import Offset
from mfa_projections.projecting.end import End
from support.one_partition import PLACE, ZERO, OnePartition, bench, setting_of, told
from support.tables import NOW, MemoryDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.tables import MemoryTransaction


async def test_all_applied_is_noted_with_its_time_behind_the_markers() -> None:
    records = told()
    async with bench(OnePartition(records, markers=2)) as worker:
        await worker.until_ready()
        await worker.deliver(records)
        await worker.until_at(5)

        assert worker.database.kept.caught_up_at[PLACE] == NOW


async def test_no_disk_is_waited_for_when_nothing_but_a_time_is_noted() -> None:
    async with bench(OnePartition()) as worker:
        await worker.until(lambda: PLACE in worker.database.kept.caught_up_at)

    assert "begin lightly" in worker.database.steps
    assert "begin" not in worker.database.steps


async def test_what_was_not_delivered_yet_is_not_skipped_at_the_end() -> None:
    records = told()
    async with bench(OnePartition(records)) as worker:
        await worker.until_ready()
        await worker.deliver(records[:2])
        await worker.until_at(2)
        await asyncio.sleep(0.1)

        assert worker.database.kept.offsets[PLACE] == 2
        assert PLACE not in worker.database.kept.caught_up_at
        assert worker.projectors.status().partitions[ZERO].lag == 1


async def test_a_broker_that_is_away_stops_the_claim_to_be_caught_up_and_not_the_partition() -> None:
    records = told()
    log = OnePartition(records)
    async with bench(log) as worker:
        await worker.until_ready()
        log.away = True
        await worker.until(lambda: worker.projectors.status().broker_error is not None)
        await worker.deliver(records)
        await worker.until_at(3)
        claimed = PLACE in worker.database.kept.caught_up_at
        log.away = False
        await worker.until(lambda: worker.projectors.status().broker_error is None)
        await worker.until(lambda: PLACE in worker.database.kept.caught_up_at)

    assert not claimed


async def test_a_busy_partition_claims_to_be_caught_up_only_from_the_end_that_it_has_seen() -> None:
    records = told(6)
    log = OnePartition(records[:4])
    async with bench(log) as worker:
        await worker.until_ready()
        await worker.until(lambda: worker.projectors.status().partitions[ZERO].lag == 4)
        log.away = True
        await worker.deliver(records[:2])
        await worker.until_at(2)
        below = PLACE in worker.database.kept.caught_up_at
        await worker.deliver(records[2:6])
        await worker.until_at(6)

        assert (below, worker.database.kept.caught_up_at.get(PLACE)) == (False, NOW)


async def test_what_lies_before_the_end_is_read_only_when_the_partition_stands_still() -> None:
    log = OnePartition(markers=1)
    end = End(replace(setting_of(log, MemoryDatabase(), lambda _: None), look_seconds=0), ZERO)
    first = await end.look(Offset(0))
    reads = log.reads

    second = await end.look(Offset(0))

    assert (first, reads) == (None, 0)
    assert (second, log.reads) == (1, 1)


async def test_the_time_to_ask_for_the_end_counts_as_age() -> None:
    log = OnePartition(ends_seconds=2.0)
    end = End(setting_of(log, MemoryDatabase(), lambda _: None), ZERO)
    await end.look(Offset(0))
    log.clock += 1

    assert end.age_seconds(Offset(0)) == 3


async def test_the_time_to_be_given_a_transaction_counts_as_age() -> None:
    log = OnePartition()

    class Slow(MemoryDatabase):
        @asynccontextmanager
        async def transaction(self, version: int, *, durable: bool = True) -> AsyncIterator[MemoryTransaction]:
            async with super().transaction(version, durable=durable) as begun:
                log.clock += 5
                yield begun

    async with bench(log, Slow()) as worker:
        await worker.until(lambda: PLACE in worker.database.kept.caught_up_at)

        assert worker.database.kept.caught_up_at[PLACE] == NOW - timedelta(seconds=5)


async def test_a_log_that_has_become_shorter_than_the_checkpoint_halts_its_partition() -> None:
    log = OnePartition(told())
    async with bench(log) as worker:
        await worker.until_ready()
        await worker.deliver(log.records)
        await worker.until_at(3)
        log.records = log.records[:2]
        await worker.until(lambda: bool(worker.projectors.status().halted))

        assert "made anew" in worker.projectors.status().halted[ZERO].reason
