"""Workers of the copying application on the model of Kafka, and ways to come between them and it."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from exactly_once import Leases, Limits, Output, Partition, Setting
from exactly_once.status import Ready
from support.copying import Copying, copying_spec, read_copy
from support.kafka_model import Cluster
from support.kafka_model_group import Group, Member
from support.kafka_model_ports import Interference, ModelLog, ModelProducers, Undisturbed, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from exactly_once import Observation, Offset, Spec
    from exactly_once.protocols import Consumer
    from exactly_once.status import Phase
    from support.copying import Copy, Counts

SeenT = TypeVar("SeenT")

P0, P1 = Partition(0), Partition(1)

QUICK = Limits(
    transaction_seconds=0.2,
    acquire_seconds=0.5,
    stable_poll_seconds=0.002,
    stable_warning_seconds=0.01,
    backoff_first_seconds=0.002,
    backoff_fenced_seconds=0.02,
    backoff_most_seconds=0.05,
    revoke_seconds=0.3,
    watch_seconds=0.01,
    patience_seconds=0.2,
)


@dataclass
class Worker:
    """One worker: its leases, and its consumer's member of the group."""

    leases: Leases[Counts, Counts]
    member: Member
    application: Copying
    producers: ModelProducers
    seen: list[Observation]

    def phase(self, partition: Partition = P0) -> Phase | None:
        """Where a partition's lease is; ``None`` without one."""
        status = self.leases.status().partitions.get(partition)
        return status.phase if status is not None else None

    def is_ready(self, partition: Partition = P0) -> bool:
        return isinstance(self.phase(partition), Ready)

    def saw(self, kind: type[SeenT]) -> list[SeenT]:
        """All observations of a kind."""
        return [o for o in self.seen if isinstance(o, kind)]


@dataclass
class Rig:
    """A cluster with the copying application's topics, and as many workers as a test begins."""

    partitions: int = 1
    limits: Limits = QUICK
    max_record_bytes: int = 1_000_000
    spec: Spec = field(default_factory=lambda: copying_spec("t."))

    def __post_init__(self) -> None:
        self.cluster = Cluster(self.spec.topics, self.partitions, self.max_record_bytes)
        self.group = Group(self.cluster, self.spec.group, self.spec.input_topic)

    def write(self, *values: str, key: bytes = b"k", partition: int = 0) -> None:
        """Append to the input."""
        outputs = [Output(self.spec.input_topic, key, value.encode()) for value in values]
        self.cluster.write(self.spec.input_topic, partition, outputs)

    def copies(self, partition: int = 0) -> list[Copy]:
        """Read the output as a reader under read_committed does."""
        log = self.cluster.log(self.spec.main_topic, partition)
        return [read_copy(record) for record in log.committed(log.start, log.high)]

    def copied(self, partition: int = 0) -> list[str]:
        """The values of the copies, in the order of the output."""
        return [copy.value for copy in self.copies(partition)]

    def numbers(self, partition: int = 0) -> list[int]:
        """The numbers of the copies; of one key they are 1, 2, 3 … unless something was lost or came twice."""
        return [copy.number for copy in self.copies(partition)]

    def worker(
        self,
        name: str = "worker",
        interference: Interference | None = None,
        application: Copying | None = None,
        consumer: Callable[[Member], Consumer] = lambda member: member,
    ) -> Worker:
        """Make a worker; it does nothing yet."""
        wire = Wire(self.cluster, name, interference or Undisturbed())
        member = Member(self.group, wire)
        seen: list[Observation] = []
        app = application or Copying(self.spec)
        producers = ModelProducers(wire, self.spec)
        ports = (producers, consumer(member), ModelLog(wire))
        leases = Leases(Setting(self.spec, app, *ports, seen.append, self.limits, lambda: 0.5))
        member.serve(leases)
        return Worker(leases, member, app, producers, seen)

    @asynccontextmanager
    async def running(self, *workers: Worker) -> AsyncIterator[None]:
        """Let workers join and poll; at the end they drain and leave."""
        polling = [asyncio.create_task(worker.member.run()) for worker in workers]
        for worker in workers:
            await self.group.join(worker.member)
        yield
        for worker, task in zip(workers, polling, strict=True):
            await worker.leases.drain()
            if worker.member in self.group.members:
                await self.group.leave(worker.member)
            task.cancel()
        await asyncio.wait(polling)

    async def until_copied(self, *values: str, partition: int = 0) -> None:
        """Wait until all these are in the output, however often."""
        await until(lambda: not Counter(values) - Counter(self.copied(partition)))

    def with_format(self, state_format: int) -> Rig:
        """The same cluster, for a service whose state records have another shape."""
        rig = Rig(self.partitions, self.limits, spec=replace(self.spec, state_format=state_format))
        rig.cluster, rig.group = self.cluster, Group(self.cluster, self.spec.group, self.spec.input_topic)
        return rig


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until something holds; fails if it does not within ``seconds``."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # anything may change it
            await asyncio.sleep(0.001)


@dataclass
class Meddling:
    """Notes every request, and does something the first time that one of this name passes.

    ``then`` may wait or raise; ``late`` does it after the broker has done its part.
    """

    action: str = ""
    then: Callable[[], object] | None = None
    late: bool = False
    times: int = 1
    passed: list[str] = field(default_factory=list)

    async def before(self, who: str, action: str) -> None:  # noqa: ARG002  # as asked of it
        self.passed.append(action)
        await asyncio.sleep(0)
        if not self.late:
            await self._meddle(action)

    async def after(self, who: str, action: str) -> None:  # noqa: ARG002  # as asked of it
        await asyncio.sleep(0)
        if self.late:
            await self._meddle(action)

    def meddle(self, action: str, then: Callable[[], object], *, late: bool = False) -> None:
        """Do this at the next request of this name."""
        self.action, self.then, self.late, self.times = action, then, late, 1

    async def _meddle(self, action: str) -> None:
        if action != self.action or self.times == 0 or self.then is None:
            return
        self.times -= 1
        done = self.then()
        if asyncio.iscoroutine(done):
            await done


def raising(error: BaseException) -> Callable[[], object]:
    """Raise this."""

    def then() -> object:
        raise error

    return then


def hanging() -> Callable[[], object]:
    """Never answer."""
    return lambda: asyncio.sleep(3600)


@dataclass
class Seeks:
    """A consumer that tells when it is sought."""

    member: Consumer
    on_seek: Callable[[Partition, Offset], object]

    def assignment(self) -> frozenset[Partition]:
        return self.member.assignment()

    def seek(self, partition: Partition, offset: Offset) -> None:
        self.member.seek(partition, offset)
        self.on_seek(partition, offset)

    def pause(self, partition: Partition) -> None:
        self.member.pause(partition)

    def resume(self, partition: Partition) -> None:
        self.member.resume(partition)


def values(count: int, prefix: str = "v") -> Sequence[str]:
    """Different values."""
    return [f"{prefix}{n}" for n in range(count)]
