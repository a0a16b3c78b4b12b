"""Producer and log of the model, as the leases see them. Every request passes an interference."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from exactly_once.errors import BrokerError
from exactly_once.records import Offset
from support.kafka_model import ConcurrentTransactionsError, Fate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from exactly_once import LogIdentity, Output, Partition, Record, Spec
    from exactly_once.protocols import Ends
    from support.kafka_model import Cluster

AnswerT = TypeVar("AnswerT")

ASK_AGAIN_SECONDS = 0.02


class Interference(Protocol):
    """Sits on the wire: may wait, raise, or note what passes. ``action`` is "start", "send mfa.state", "commit" …"""

    async def before(self, who: str, action: str) -> None:
        """Come between the client's call and the broker; what is raised here was never asked."""
        ...

    async def after(self, who: str, action: str) -> None:
        """Come between the broker's answer and the client; what is raised here has happened all the same."""
        ...


class Undisturbed:
    """Every request lets others run, before and after."""

    async def before(self, who: str, action: str) -> None:  # noqa: ARG002  # as asked of it
        await asyncio.sleep(0)

    async def after(self, who: str, action: str) -> None:  # noqa: ARG002  # as asked of it
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Wire:
    """How one client reaches the cluster."""

    cluster: Cluster
    who: str = "worker"
    interference: Interference = field(default_factory=Undisturbed)

    async def ask(self, action: str, do: Callable[[], AnswerT]) -> AnswerT:
        """Do something on the cluster."""
        await self.interference.before(self.who, action)
        answer = do()
        await self.interference.after(self.who, action)
        return answer


@dataclass(frozen=True)
class ModelProducers:
    """Makes a partition's producer, and remembers all that it has made."""

    wire: Wire
    spec: Spec
    made: list[ModelProducer] = field(default_factory=list)

    def __call__(self, partition: Partition) -> ModelProducer:
        self.made.append(ModelProducer(self.wire, self.spec, partition))
        return self.made[-1]


class ModelProducer:
    """One transactional producer; like the real one it commits whatever has arrived, also after a refused append."""

    def __init__(self, wire: Wire, spec: Spec, partition: Partition, transactional_id: str = "") -> None:
        self._wire = wire
        self._partition = partition
        self._id = transactional_id or f"{spec.name}.{partition}"
        self._epoch = -1
        self._begun = False
        self.discarded = False

    async def start(self) -> None:
        self._epoch = await self._ask("start", lambda: self._wire.cluster.take(self._id))

    async def begin(self) -> None:
        if self._begun or self._epoch < 0:
            raise BrokerError("begin: expected a started producer between transactions")
        self._begun = True

    async def send(self, topic: str, outputs: Sequence[Output]) -> Offset:
        place = (topic, self._partition)
        cluster = self._in_transaction()
        return await self._ask(f"send {topic}", lambda: cluster.append(self._id, self._epoch, place, outputs))

    async def send_offset(self, topic: str, offset: Offset, group: str) -> None:
        place = (topic, self._partition)
        cluster = self._in_transaction()
        await self._ask("send_offset", lambda: cluster.add_offset(self._id, self._epoch, group, place, offset))

    async def commit(self) -> None:
        cluster = self._in_transaction()
        await self._ask("commit", lambda: cluster.end(self._id, self._epoch, Fate.COMMITTED))
        self._begun = False

    async def discard(self) -> None:
        self.discarded = True

    def _in_transaction(self) -> Cluster:
        if not self._begun:
            raise BrokerError("expected a transaction to be under way")
        return self._wire.cluster

    async def _ask(self, action: str, do: Callable[[], AnswerT]) -> AnswerT:
        while True:
            # What is under way when the producer is thrown away may still arrive.
            if self.discarded:
                raise BrokerError(f"{action}: the producer was thrown away")
            try:
                return await self._wire.ask(action, do)
            except ConcurrentTransactionsError:
                await asyncio.sleep(ASK_AGAIN_SECONDS)


@dataclass(frozen=True)
class ModelLog:
    """Reads the model's logs, a few records at a time."""

    wire: Wire
    chunk: int = 3

    async def identity(self, topics: Sequence[str]) -> LogIdentity:
        return await self.wire.ask("identity", lambda: self.wire.cluster.identity(topics))

    async def ends(self, topics: Sequence[str], partition: Partition) -> tuple[Ends, ...]:
        logs = [self.wire.cluster.log(topic, partition) for topic in topics]
        return await self.wire.ask("ends", lambda: tuple(log.ends() for log in logs))

    async def read(
        self, topic: str, partition: Partition, start: Offset, end: Offset
    ) -> AsyncGenerator[Sequence[Record], None]:
        position = start
        while records := await self._chunk(topic, partition, position, end):
            position = Offset(records[-1].offset + 1)
            yield records

    async def _chunk(self, topic: str, partition: Partition, start: Offset, end: Offset) -> Sequence[Record]:
        log = self.wire.cluster.log(topic, partition)
        return await self.wire.ask(f"read {topic}", lambda: log.committed(start, end)[: self.chunk])
