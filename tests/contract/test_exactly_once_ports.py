"""What the leases rely on, held against a real Kafka and against the model that the other tests use."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from exactly_once import BrokerError, FencedError, Offset, Output, OutputRefusedError, Partition
from support.transactions import begun, ends, readable, send

if TYPE_CHECKING:
    from support.worlds import World

P0, P1 = Partition(0), Partition(1)


# ---- transactions -----------------------------------------------------------------------------------------------


async def test_a_send_answers_the_offset_of_its_last_record(world: World) -> None:
    async with begun(world) as producer:
        first = await send(world, producer, b"a", b"b")
        second = await send(world, producer, b"c")

    assert (first, second) == (1, 2)


async def test_what_is_committed_can_be_read(world: World) -> None:
    async with begun(world) as producer:
        await send(world, producer, b"a", b"b")
        await producer.commit()

    assert await readable(world) == [b"a", b"b"]


async def test_a_record_comes_back_as_it_was_sent(world: World) -> None:
    output = Output(world.spec.main_topic, b"key", b"value", (("name", b"content"),))
    async with begun(world) as producer:
        await producer.send(world.spec.main_topic, [output])
        await producer.commit()

    [record] = [r async for chunk in world.log.read(world.spec.main_topic, P0, Offset(0), Offset(2)) for r in chunk]
    assert (record.key, record.value, record.headers) == (output.key, output.value, output.headers)


async def test_the_marker_of_a_commit_takes_an_offset(world: World) -> None:
    async with begun(world) as producer:
        await send(world, producer, b"a", b"b")
        await producer.commit()

    end = await ends(world)
    assert (end.start, end.stable, end.high) == (0, 3, 3)


async def test_an_open_transaction_holds_the_last_stable_offset_back(world: World) -> None:
    async with begun(world) as producer:
        await send(world, producer, b"a", b"b")
        end = await ends(world)

    assert (end.stable, end.high) == (0, 2)


async def test_nothing_of_an_open_transaction_can_be_read(world: World) -> None:
    async with begun(world) as producer:
        await send(world, producer, b"a")

        assert await readable(world) == []


async def test_a_commit_covers_all_topics(world: World) -> None:
    spec = world.spec
    async with begun(world) as producer:
        await asyncio.gather(
            producer.send(spec.main_topic, [Output(spec.main_topic, b"k", b"a")]),
            producer.send(spec.state_topic, [Output(spec.state_topic, b"k", b"b")]),
            producer.send_offset(spec.input_topic, Offset(1), spec.group),
        )
        await producer.commit()

    assert (await readable(world), await readable(world, spec.state_topic)) == ([b"a"], [b"b"])


async def test_a_producer_commits_one_transaction_after_the_other(world: World) -> None:
    async with begun(world) as producer:
        await send(world, producer, b"a")
        await producer.commit()
        await producer.begin()
        await send(world, producer, b"b")
        await producer.commit()

    assert await readable(world) == [b"a", b"b"]


async def test_a_reader_passes_what_was_aborted_and_the_markers(world: World) -> None:
    async with begun(world) as first:
        await send(world, first, b"aborted")
    async with begun(world) as second:
        await send(world, second, b"a")
        await second.commit()

    assert await readable(world) == [b"a"]


async def test_a_reader_stops_before_the_end_it_was_given(world: World) -> None:
    await world.write(world.spec.main_topic, 0, [b"a", b"b", b"c"])

    assert await readable(world, start=1, end=2) == [b"b"]


async def test_an_empty_range_has_nothing_to_read(world: World) -> None:
    assert await readable(world, start=0, end=0) == []


async def test_a_deletion_is_a_record_without_a_value(world: World) -> None:
    async with begun(world) as producer:
        await producer.send(world.spec.state_topic, [Output(world.spec.state_topic, b"k", None)])
        await producer.commit()

    assert await readable(world, world.spec.state_topic) == [None]


# ---- the fence --------------------------------------------------------------------------------------------------


async def test_the_next_owner_aborts_what_was_open(world: World) -> None:
    async with begun(world) as former:
        await send(world, former, b"a")
        async with begun(world):
            end = await ends(world)

            assert (end.stable == end.high, await readable(world)) == (True, [])


async def test_a_former_owner_cannot_send(world: World) -> None:
    async with begun(world) as former:
        await send(world, former, b"a")
        async with begun(world):
            with pytest.raises(FencedError):
                await send(world, former, b"b")


async def test_a_former_owner_cannot_commit(world: World) -> None:
    async with begun(world) as former:
        await send(world, former, b"a")
        async with begun(world):
            with pytest.raises(FencedError):
                await former.commit()

            assert await readable(world) == []


async def test_producers_of_two_partitions_do_not_fence_each_other(world: World) -> None:
    other = world.producers(P1)
    async with begun(world) as producer:
        await other.start()
        await send(world, producer, b"a")
        await producer.commit()
    await other.discard()

    assert await readable(world) == [b"a"]


async def test_a_commit_that_was_cut_short_is_settled_by_the_next_owner(world: World) -> None:
    async with begun(world) as former:
        await send(world, former, b"a")
        commit = asyncio.create_task(former.commit())
        await asyncio.sleep(0)
        commit.cancel()
        await asyncio.wait([commit])
        await former.discard()
        async with begun(world):
            end = await ends(world)

            assert end.stable == end.high


# ---- failures ---------------------------------------------------------------------------------------------------


async def test_a_record_that_is_too_large_is_refused(world: World) -> None:
    async with begun(world) as producer:
        with pytest.raises(OutputRefusedError):
            await send(world, producer, b"x" * 3_000_000)


async def test_a_refused_append_does_not_stop_the_commit_of_the_others(world: World) -> None:
    # Why every append must be awaited before the commit.
    async with begun(world) as producer:
        await send(world, producer, b"a")
        with pytest.raises(OutputRefusedError):
            await send(world, producer, b"x" * 3_000_000)
        await producer.commit()

    assert await readable(world) == [b"a"]


async def test_a_discarded_producer_does_nothing_any_more(world: World) -> None:
    async with begun(world) as producer:
        await producer.discard()
        with pytest.raises(BrokerError):
            await send(world, producer, b"a")


async def test_a_producer_may_be_discarded_before_its_start_and_twice(world: World) -> None:
    producer = world.producers(P0)

    await producer.discard()
    await producer.discard()


async def test_a_topic_that_is_not_there_has_no_identity(world: World) -> None:
    with pytest.raises(BrokerError):
        await world.log.identity([world.spec.main_topic, f"{world.spec.main_topic}-missing"])


# ---- identity ---------------------------------------------------------------------------------------------------


async def test_the_same_logs_have_the_same_identity(world: World) -> None:
    first = await world.log.identity(world.spec.topics)

    assert first.differs_from(await world.log.identity(world.spec.topics)) == ""


async def test_every_topic_has_an_id_of_its_own(world: World) -> None:
    ids = (await world.log.identity(world.spec.topics)).topics.values()

    assert len(set(ids) - {""}) == len(world.spec.topics)


async def test_the_identity_counts_the_partitions(world: World) -> None:
    assert (await world.log.identity(world.spec.topics)).partitions == 2
