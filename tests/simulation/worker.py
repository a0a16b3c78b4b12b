"""One worker: a process with leases, a place in the group, and a loop that polls as the real host does."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactly_once import Setting
from exactly_once.observations import LeaseHalted, RouteFailed
from simulation.network import Lag, Line
from simulation.pondering import BAD
from simulation.processes import PROCESS, Process
from support.kafka_model_group import Member
from support.kafka_model_ports import ModelLog

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine, Iterable, Sequence

    from exactly_once import Observation, Offset, Partition, Record
    from exactly_once.adapters.faststream_host import Router
    from simulation.scene import Scene
    from simulation.trace import Trace
    from support.kafka_model_group import Group

_ANSWER_SECONDS = 4.0
"""Longer than a rebalance takes at most."""


class Worker:
    """Begins at once. Its end is a kill, or ``stop``."""

    def __init__(self, scene: Scene, name: str) -> None:
        self.process = Process(name)
        self.trouble: list[str] = []
        self._scene = scene
        self._told = asyncio.Event()
        line = Line(scene.cluster, name, Lag(scene.network), scene.network, self.process)
        self.member = WakingMember(scene.group, line, scene.weather.chunk, scene.trace)
        self.leases = scene.variant.leases(self._setting(line))
        self.member.serve(_Noting(scene.trace, name, self.leases))
        self._tasks = [self.spawn(self._poll()), self.spawn(self._belong())]

    def spawn(self, doing: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Begin a task of this process."""
        context = copy_context()
        context.run(PROCESS.set, self.process)
        return self._scene.loop.create_task(doing, context=context)

    def stop(self) -> None:
        """Stop in an orderly way, as on SIGTERM."""
        self.spawn(self._stop())

    async def _stop(self) -> None:
        await self.leases.drain()
        self._scene.coordinator.leave(self.process)
        for task in self._tasks:
            task.cancel()
        self._scene.ended(self)

    # ---- the host ---------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        while True:
            self.member.news.clear()
            if not await self.member.poll_once():
                await self.member.news.wait()

    async def _belong(self) -> None:
        while True:
            self._told.clear()
            await self.member.revoke()
            await self.member.assign(await self._joined())
            await self._told.wait()

    async def _joined(self) -> list[Partition]:
        while True:
            given: asyncio.Future[list[Partition]] = self._scene.loop.create_future()
            self._scene.network.later(self._scene.network.delay(), self._join, given)
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    return await given
            except TimeoutError:
                continue

    def _join(self, given: asyncio.Future[list[Partition]]) -> None:
        def give(partitions: list[Partition]) -> None:
            self._scene.network.later(self._scene.network.delay(), _hand_over, given, partitions)

        if not self._scene.network.down and not self.process.dead:
            self._scene.coordinator.join(self.process, self._told.set, give)

    # ---- its parts --------------------------------------------------------------------------------------------

    def _setting(self, line: Line) -> Setting[dict[bytes, int], dict[bytes, int]]:
        scene = self._scene
        application = scene.variant.application(scene.spec)
        application.bad = frozenset({BAD})
        application.delay = scene.network.delay
        producers = scene.variant.producers(line, scene.spec)
        log = scene.variant.log(ModelLog(line, chunk=scene.weather.chunk))
        spread = scene.random.random
        return Setting(
            scene.spec, application, producers, self.member, log, self._observe, scene.weather.limits, spread
        )

    def _observe(self, observation: Observation) -> None:
        self._scene.trace.note(self.process.name, observation)
        if isinstance(observation, LeaseHalted | RouteFailed):
            self.trouble.append(f"{self.process.name}: {observation}")


class WakingMember(Member):
    """Polls only when something may have come, so that an idle worker costs nothing."""

    def __init__(self, group: Group, wire: Line, most_records: int, trace: Trace) -> None:
        super().__init__(group, wire, most_records)
        self._trace = trace
        self.news = asyncio.Event()

    def seek(self, partition: Partition, offset: Offset) -> None:
        self._trace.note(self._wire.who, f"seeks {partition} to {offset}")
        super().seek(partition, offset)
        self.news.set()

    def resume(self, partition: Partition) -> None:
        super().resume(partition)
        self.news.set()

    async def assign(self, partitions: Iterable[Partition]) -> None:
        given = list(partitions)
        self.news.set()
        await super().assign(given)
        self.news.set()


@dataclass(frozen=True)
class _Noting:
    """Writes down what the host hands on."""

    trace: Trace
    who: str
    router: Router

    async def route(self, records: Sequence[Record]) -> None:
        self.trace.note(self.who, f"is delivered {[(r.partition, r.offset) for r in records]}")
        await self.router.route(records)

    async def on_revoked(self, partitions: Collection[Partition]) -> None:
        self.trace.note(self.who, f"must give up {sorted(partitions)}")
        await self.router.on_revoked(partitions)

    async def on_assigned(self, partitions: Collection[Partition]) -> None:
        self.trace.note(self.who, f"is assigned {sorted(partitions)}")
        await self.router.on_assigned(partitions)


def _hand_over(given: asyncio.Future[list[Partition]], partitions: list[Partition]) -> None:
    if not given.done():
        given.set_result(partitions)
