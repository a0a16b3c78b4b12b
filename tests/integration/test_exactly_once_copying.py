"""The copying application on a real broker: workers come, go and are fenced; nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from exactly_once import FencedError, Output, Partition
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.aiokafka_producer import AiokafkaProducers
from exactly_once.adapters.connection import Connection
from exactly_once.observations import BrokerLost, LeaseLost, LeaseReady, LeaseReleased, OpenTransaction, RecordPoisoned
from support.backends import make_topics
from support.copy_worker import CopyWorker, copies, until, until_copied, write
from support.copying import Copying, copying_spec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from exactly_once import Spec

PARTITIONS = 4
P0 = Partition(0)


@pytest.fixture
async def spec(kafka_bootstrap: str, topic_prefix: str) -> Spec:
    spec = copying_spec(topic_prefix)
    await make_topics(kafka_bootstrap, spec.topics, PARTITIONS)
    return spec


@pytest.fixture
async def log(kafka_bootstrap: str) -> AsyncIterator[AiokafkaLog]:
    log = AiokafkaLog(Connection(kafka_bootstrap))
    yield log
    await log.close()


async def test_everything_is_copied_once_and_in_order(kafka_bootstrap: str, spec: Spec, log: AiokafkaLog) -> None:
    wanted = values(1500)
    await write(kafka_bootstrap, spec.input_topic, 0, wanted)
    async with CopyWorker(kafka_bootstrap, spec).running():
        assert await until_copied(log, spec, 0, len(wanted)) == wanted


async def test_a_second_worker_takes_over_its_share_and_gives_it_back(
    kafka_bootstrap: str, spec: Spec, log: AiokafkaLog
) -> None:
    wanted = values(400)
    writing = [
        asyncio.create_task(write(kafka_bootstrap, spec.input_topic, p, wanted, 0.01)) for p in range(PARTITIONS)
    ]
    async with CopyWorker(kafka_bootstrap, spec).running() as first:
        await until(lambda: first.is_ready)
        async with CopyWorker(kafka_bootstrap, spec).running() as second:
            await until(lambda: len(second.saw(LeaseReady)) == PARTITIONS // 2)
            await asyncio.sleep(0.5)
        await asyncio.gather(*writing)
        copied = [await until_copied(log, spec, p, len(wanted)) for p in range(PARTITIONS)]

    assert copied == [wanted] * PARTITIONS
    assert len(first.saw(LeaseReleased)) >= PARTITIONS // 2


async def test_a_worker_that_is_fenced_under_load_takes_its_partition_anew(
    kafka_bootstrap: str, spec: Spec, log: AiokafkaLog
) -> None:
    wanted = values(300)
    writing = asyncio.create_task(write(kafka_bootstrap, spec.input_topic, 0, wanted, 0.01))
    async with CopyWorker(kafka_bootstrap, spec).running() as worker:
        await until(lambda: worker.is_ready)
        await until_copied(log, spec, 0, 20)
        await steal(kafka_bootstrap, spec)
        await writing
        copied = await until_copied(log, spec, 0, len(wanted))

    assert (copied, worker.saw(LeaseLost)[0].code) == (wanted, FencedError.code)


async def test_a_thief_with_an_open_transaction_is_waited_for_and_then_fenced(
    kafka_bootstrap: str, spec: Spec, log: AiokafkaLog
) -> None:
    async with CopyWorker(kafka_bootstrap, spec).running() as worker:
        await until(lambda: worker.is_ready)
        thief = AiokafkaProducers(Connection(kafka_bootstrap), spec)(P0)
        await thief.start()
        await thief.begin()
        await thief.send(spec.main_topic, [Output(spec.main_topic, b"k", b"void")])
        await write(kafka_bootstrap, spec.input_topic, 0, ["a"])
        assert await until_copied(log, spec, 0, 1) == ["a"]
        with pytest.raises(FencedError):
            await thief.commit()
        await thief.discard()


async def test_a_lease_waits_for_a_strangers_open_transaction_in_its_output(
    kafka_bootstrap: str, spec: Spec, log: AiokafkaLog
) -> None:
    stranger = AiokafkaProducers(Connection(kafka_bootstrap), copying_like(spec, "stranger"))(P0)
    await stranger.start()
    await stranger.begin()
    await stranger.send(spec.state_topic, [Output(spec.state_topic, b"x", b"1")])
    await write(kafka_bootstrap, spec.input_topic, 0, ["a"])
    async with CopyWorker(kafka_bootstrap, spec).running() as worker:
        await until(lambda: bool(worker.saw(OpenTransaction)))
        assert await copies(log, spec, 0) == []
        await stranger.commit()
        assert await until_copied(log, spec, 0, 1) == ["a"]
    await stranger.discard()


async def test_a_record_whose_output_is_too_large_is_answered_and_the_others_go_on(
    kafka_bootstrap: str, spec: Spec, log: AiokafkaLog
) -> None:
    # 0.4 MB of control characters are taken on the way in, and become 2.4 MB of JSON on the way out.
    await write(kafka_bootstrap, spec.input_topic, 0, ["a", "\x01" * 400_000, "b"])
    async with CopyWorker(kafka_bootstrap, spec).running() as worker:
        assert await until_copied(log, spec, 0, 2) == ["a", "b"]

    assert [p.offset for p in worker.saw(RecordPoisoned)] == [1]


async def test_a_record_that_cannot_be_decided_is_answered_and_the_others_go_on(
    kafka_bootstrap: str, spec: Spec, log: AiokafkaLog
) -> None:
    await write(kafka_bootstrap, spec.input_topic, 0, ["a", "bad", "b"])
    application = Copying(spec, bad=frozenset({b"bad"}))
    async with CopyWorker(kafka_bootstrap, spec, application).running():
        assert await until_copied(log, spec, 0, 2) == ["a", "b"]


async def test_a_successor_goes_on_where_a_stopped_worker_was(
    kafka_bootstrap: str, spec: Spec, log: AiokafkaLog
) -> None:
    await write(kafka_bootstrap, spec.input_topic, 0, ["a", "b"])
    async with CopyWorker(kafka_bootstrap, spec).running():
        await until_copied(log, spec, 0, 2)
    await write(kafka_bootstrap, spec.input_topic, 0, ["c"])
    async with CopyWorker(kafka_bootstrap, spec).running():
        assert await until_copied(log, spec, 0, 3) == ["a", "b", "c"]


async def test_a_worker_may_be_started_before_the_broker_can_be_reached(spec: Spec) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        nowhere = f"127.0.0.1:{unused.getsockname()[1]}"
    async with CopyWorker(nowhere, spec).running() as worker:
        await until(lambda: bool(worker.saw(BrokerLost)))

        assert not worker.is_ready


async def test_a_stop_is_quick_and_leaves_no_task_behind(kafka_bootstrap: str, spec: Spec) -> None:
    before = asyncio.all_tasks()
    async with CopyWorker(kafka_bootstrap, spec).running() as worker:
        await until(lambda: worker.is_ready)
        began = asyncio.get_running_loop().time()
    took = asyncio.get_running_loop().time() - began
    await asyncio.sleep(0)

    assert (took < 3, asyncio.all_tasks() - before) == (True, set())


async def steal(bootstrap: str, spec: Spec) -> None:
    """Fence the owner of partition 0, as a worker would that does not know that it has lost it."""
    thief = AiokafkaProducers(Connection(bootstrap), spec)(P0)
    await thief.start()
    await thief.discard()


def copying_like(spec: Spec, name: str) -> Spec:
    """The same topics under another transactional id."""
    names = (spec.input_topic, spec.main_topic, spec.state_topic, spec.output_topics)
    return type(spec)(f"{spec.name}.{name}", spec.group, *names)


def values(count: int) -> Sequence[str]:
    return [f"v{n}" for n in range(count)]
