"""A whole worker of the copying application on a real broker."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from aiokafka import AIOKafkaProducer

from exactly_once import Leases, Limits, Offset, Partition, Setting
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.aiokafka_producer import AiokafkaProducers
from exactly_once.adapters.connection import Connection
from exactly_once.adapters.faststream_host import FastStreamHost, HostSettings
from exactly_once.adapters.patient_broker import PatientBroker
from support.copying import Copying, read_copy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from exactly_once import Observation, Spec
    from support.copying import Copy, Counts

SeenT = TypeVar("SeenT")


class CopyWorker:
    """One worker in this process; ``running`` starts and stops it in order."""

    def __init__(self, bootstrap: str, spec: Spec, application: Copying | None = None) -> None:
        connection = Connection(bootstrap)
        self.seen: list[Observation] = []
        self.log = AiokafkaLog(connection)
        self.broker = PatientBroker(bootstrap, logger=None, on_gone=self._gone, on_there=self._there)
        host = FastStreamHost(self.broker, spec, self.seen.append, HostSettings(heartbeat_ms=300))
        ports = (AiokafkaProducers(connection, spec), host.consumer, self.log)
        app = application or Copying(spec)
        self.leases: Leases[Counts, Counts] = Leases(
            Setting(spec, app, *ports, self.seen.append, Limits(), lambda: 0.5)
        )
        host.serve(self.leases)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[CopyWorker]:
        """Start, and at the end drain, leave the group, close."""
        await self.broker.start()
        try:
            yield self
        finally:
            await self.leases.drain()
            await self.broker.stop()
            await self.log.close()

    @property
    def is_ready(self) -> bool:
        return self.leases.status().ready

    def saw(self, kind: type[SeenT]) -> list[SeenT]:
        """All observations of a kind."""
        return [o for o in self.seen if isinstance(o, kind)]

    def _gone(self, error: str) -> None:
        self.leases.broker_gone(error)

    def _there(self) -> None:
        self.leases.broker_there()


async def write(bootstrap: str, topic: str, partition: int, values: Sequence[str], pause_seconds: float = 0) -> None:
    """Append values under one key as a client does."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for value in values:
            await producer.send(topic, value.encode(), key=b"k", partition=partition)
            await asyncio.sleep(pause_seconds)
        await producer.flush()


async def copies(log: AiokafkaLog, spec: Spec, partition: int) -> list[Copy]:
    """Read all copies of one partition."""
    place = Partition(partition)
    (ends,) = await log.ends([spec.main_topic], place)
    reading = log.read(spec.main_topic, place, Offset(ends.start), ends.stable)
    return [read_copy(record) async for records in reading for record in records]


async def until_copied(log: AiokafkaLog, spec: Spec, partition: int, count: int, seconds: float = 40) -> list[str]:
    """Wait for so many copies; give their values in the order of the log."""
    async with asyncio.timeout(seconds):
        while len(found := await copies(log, spec, partition)) < count:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.1)
    assert [copy.number for copy in found] == list(range(1, len(found) + 1))
    return [copy.value for copy in found]


async def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # anything may change it
            await asyncio.sleep(0.02)
