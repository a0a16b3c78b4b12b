"""The producer on a real broker: big appends, and nothing left behind however it ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import TYPE_CHECKING

import pytest

from exactly_once import FencedError, Offset, Output, OutputRefusedError, Partition
from support.copying import copying_spec
from support.worlds import KafkaWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from exactly_once.protocols import Producer

    Ending = Callable[[KafkaWorld, Producer], Awaitable[None]]

P0 = Partition(0)


@pytest.fixture
async def world(kafka_bootstrap: str, topic_prefix: str) -> AsyncIterator[KafkaWorld]:
    world = KafkaWorld(kafka_bootstrap, copying_spec(topic_prefix))
    await world.make_topics()
    yield world
    await world.real_log.close()


async def test_an_append_larger_than_a_batch_arrives_whole_and_in_order(world: KafkaWorld) -> None:
    wanted = [f"{n:05}".encode() + b"x" * 1000 for n in range(3000)]
    producer = await begun(world)
    last = await producer.send(world.spec.main_topic, [output(world, value) for value in wanted])
    await producer.commit()
    await producer.discard()
    reading = world.log.read(world.spec.main_topic, P0, Offset(0), Offset(last + 1))

    assert [r.value async for records in reading for r in records] == wanted


async def idle(world: KafkaWorld, producer: Producer) -> None:  # noqa: ARG001  # all endings look alike
    await producer.commit()


async def after_a_send(world: KafkaWorld, producer: Producer) -> None:
    await producer.send(world.spec.main_topic, [output(world, b"a")])


async def during_a_send(world: KafkaWorld, producer: Producer) -> None:
    await cut_short(producer.send(world.spec.main_topic, [output(world, b"a")]))


async def during_a_commit(world: KafkaWorld, producer: Producer) -> None:
    await after_a_send(world, producer)
    await cut_short(producer.commit())


async def after_a_refusal(world: KafkaWorld, producer: Producer) -> None:
    with pytest.raises(OutputRefusedError):
        await producer.send(world.spec.main_topic, [output(world, b"x" * 3_000_000)])


async def fenced_at_a_send(world: KafkaWorld, producer: Producer) -> None:
    await steal(world)
    with pytest.raises(FencedError):
        await after_a_send(world, producer)


async def fenced_at_a_commit(world: KafkaWorld, producer: Producer) -> None:
    await after_a_send(world, producer)
    await steal(world)
    with pytest.raises(FencedError):
        await producer.commit()


@pytest.mark.parametrize(
    "ending",
    [idle, after_a_send, during_a_send, during_a_commit, after_a_refusal, fenced_at_a_send, fenced_at_a_commit],
)
async def test_a_discarded_producer_leaves_no_task_and_no_complaint_behind(world: KafkaWorld, ending: Ending) -> None:
    loop, complaints = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    before = asyncio.all_tasks()
    producer = await begun(world)
    await ending(world, producer)
    began = loop.time()
    await producer.discard()
    took = loop.time() - began
    del producer
    await asyncio.sleep(0.05)
    gc.collect()

    assert (complaints, asyncio.all_tasks() - before, took < 1) == ([], set(), True)


async def begun(world: KafkaWorld) -> Producer:
    producer = world.producers(P0)
    await producer.start()
    await producer.begin()
    return producer


async def steal(world: KafkaWorld) -> None:
    thief = world.producers(P0)
    await thief.start()
    await thief.discard()


async def cut_short(doing: Awaitable[object]) -> None:
    task = asyncio.ensure_future(doing)
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def output(world: KafkaWorld, value: bytes) -> Output:
    return Output(world.spec.main_topic, b"k", value)
