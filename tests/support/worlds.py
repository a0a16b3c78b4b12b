"""The same doings on the model and on a real Kafka, so that one script can be held against both."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from aiokafka import AIOKafkaProducer

from exactly_once import Output, Partition
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.aiokafka_producer import AiokafkaProducers, ProducerSettings
from exactly_once.adapters.connection import Connection
from exactly_once.adapters.faststream_host import FastStreamHost
from exactly_once.adapters.patient_broker import PatientBroker
from support.backends import make_topics
from support.kafka_model import Cluster
from support.kafka_model_group import Group, Member
from support.kafka_model_ports import ModelLog, ModelProducers, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence
    from contextlib import AbstractAsyncContextManager

    from exactly_once import Observation, Record, Spec
    from exactly_once.adapters.faststream_host import Router
    from exactly_once.protocols import Consumer, Log, ProducerFactory
    from support.kafka_model import Transaction


class World(Protocol):
    """A cluster with an application's topics, two partitions each.

    ``strangers`` are producers of another application; the transactions of ``impatient`` ones may last a second.
    """

    spec: Spec
    producers: ProducerFactory
    strangers: ProducerFactory
    impatient: ProducerFactory
    log: Log

    async def write(self, topic: str, partition: int, values: Sequence[bytes]) -> None:
        """Append outside any transaction."""
        ...

    def member(self, router: Router) -> AbstractAsyncContextManager[Consumer]:
        """Join the application's group, leave it at the end."""
        ...


@dataclass
class Heard:
    """A router that only takes notes."""

    records: list[Record] = field(default_factory=list)
    assigned: frozenset[Partition] = frozenset()
    revoked: list[frozenset[Partition]] = field(default_factory=list)

    async def route(self, records: Sequence[Record]) -> None:
        self.records.extend(records)

    async def on_revoked(self, partitions: Collection[Partition]) -> None:
        self.revoked.append(frozenset(partitions))

    async def on_assigned(self, partitions: Collection[Partition]) -> None:
        self.assigned = frozenset(partitions)

    def values(self, partition: int = 0) -> list[bytes | None]:
        return [r.value for r in self.records if r.partition == partition]

    async def until_assigned(self, count: int) -> None:
        """Wait until the group has given so many partitions."""
        async with asyncio.timeout(60):
            while len(self.assigned) != count:  # noqa: ASYNC110  # it may take several rebalances
                await asyncio.sleep(0.01)

    async def until(self, partition: int, values: Sequence[bytes]) -> None:
        """Wait until exactly these have been delivered."""
        async with asyncio.timeout(60):
            while self.values(partition) != list(values):  # noqa: ASYNC110  # the values come one by one
                await asyncio.sleep(0.01)


class ModelWorld:
    """The model."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.cluster = Cluster(spec.topics, partitions=2)
        self.group = Group(self.cluster, spec.group, spec.input_topic)
        wire = Wire(self.cluster)
        self.producers: ProducerFactory = ModelProducers(wire, spec)
        self.strangers: ProducerFactory = ModelProducers(wire, replace(spec, name=f"{spec.name}-stranger"))
        self.impatient: ProducerFactory = ModelProducers(wire, replace(spec, name=f"{spec.name}-impatient"))
        self.log: Log = ModelLog(wire)
        self.cluster.on_open = self._keep_time

    async def write(self, topic: str, partition: int, values: Sequence[bytes]) -> None:
        self.cluster.write(topic, partition, [Output(topic, None, value) for value in values])

    def let_markers_be_late(self, seconds: float) -> None:
        """Write the markers of each transaction only after a while."""
        self.cluster.write_marker = lambda do: _later(seconds, do)

    def _keep_time(self, transactional_id: str, transaction: Transaction) -> None:
        if "impatient" in transactional_id:
            _later(1.0, lambda: self.cluster.expire(transactional_id, transaction))

    @asynccontextmanager
    async def member(self, router: Router) -> AsyncIterator[Consumer]:
        member = Member(self.group, Wire(self.cluster))
        member.serve(router)
        polling = asyncio.create_task(member.run())
        await self.group.join(member)
        yield member
        await self.group.leave(member)
        polling.cancel()


class KafkaWorld:
    """A real broker."""

    def __init__(self, bootstrap: str, spec: Spec) -> None:
        self.spec = spec
        self.seen: list[Observation] = []
        self.real_log = AiokafkaLog(Connection(bootstrap))
        connection = Connection(bootstrap)
        self.producers: ProducerFactory = AiokafkaProducers(connection, spec)
        self.strangers: ProducerFactory = AiokafkaProducers(connection, replace(spec, name=f"{spec.name}-stranger"))
        self.impatient: ProducerFactory = AiokafkaProducers(
            connection, replace(spec, name=f"{spec.name}-impatient"), ProducerSettings(transaction_timeout_ms=1_000)
        )
        self.log: Log = self.real_log
        self._bootstrap = bootstrap

    async def make_topics(self) -> None:
        await make_topics(self._bootstrap, self.spec.topics, partitions=2)

    async def write(self, topic: str, partition: int, values: Sequence[bytes]) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self._bootstrap) as producer:
            for value in values:
                await producer.send_and_wait(topic, value, partition=partition)

    @asynccontextmanager
    async def member(self, router: Router) -> AsyncIterator[Consumer]:
        broker = PatientBroker(self._bootstrap, logger=None)
        host = FastStreamHost(broker, self.spec, self.seen.append)
        told = asyncio.Event()
        host.serve(_Telling(router, told))
        await broker.start()
        try:
            async with asyncio.timeout(60):
                await told.wait()
            yield host.consumer
        finally:
            await broker.stop()


def _later(seconds: float, do: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, do)


@dataclass(frozen=True)
class _Telling:
    router: Router
    told: asyncio.Event

    async def route(self, records: Sequence[Record]) -> None:
        await self.router.route(records)

    async def on_revoked(self, partitions: Collection[Partition]) -> None:
        await self.router.on_revoked(partitions)

    async def on_assigned(self, partitions: Collection[Partition]) -> None:
        await self.router.on_assigned(partitions)
        self.told.set()
