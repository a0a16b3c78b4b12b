"""All projectors of a projection, and what the host hands to them: deliveries, revocations, assignments.

Nothing is raised into the host, which would swallow it and go on as if the records had been dealt with.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from exactly_once.observations import RouteFailed
from exactly_once.records import by_partition
from exactly_once.status import Status
from mfa_projections.projecting.outages import Outages
from mfa_projections.projecting.projector import Projector

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from exactly_once import Partition, Record
    from mfa_projections.projecting.setting import Setting


class Projectors:
    """Routes deliveries, and keeps a projector for each partition that the group gives to this worker.

    The group only shares out the work: who may write is decided by the checkpoint.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._projectors: dict[Partition, Projector] = {}
        self._tasks: dict[Partition, asyncio.Task[None]] = {}
        self._assigned_once = False
        self._draining = False
        self.outages = Outages(setting.observe)

    async def route(self, records: Sequence[Record]) -> None:
        """Hand delivered records to their projectors; what is not their next one is dropped and delivered again."""
        for partition, delivered in by_partition(records).items():
            projector = self._projectors.get(partition)
            if projector is not None:
                self._deliver(projector, delivered)

    async def on_revoked(self, partitions: Collection[Partition]) -> None:
        """Let go; a transaction under way is rolled back, or it has committed: the database says which."""
        await self._release([p for p in partitions if p in self._projectors])

    async def on_assigned(self, partitions: Collection[Partition]) -> None:
        """Begin with all of these, each from the database's offset."""
        self._assigned_once = True
        await self._release(list(self._projectors))
        if not self._draining:
            for partition in partitions:
                self._begin(partition)

    async def drain(self) -> None:
        """Let go of everything; for an orderly stop."""
        self._draining = True
        await self._release(list(self._projectors))

    def status(self) -> Status:
        """Say where every partition is; for readiness, liveness and metrics."""
        partitions = {partition: projector.status() for partition, projector in sorted(self._projectors.items())}
        return Status(self._assigned_once, self._draining, partitions, self.outages.broker)

    def _deliver(self, projector: Projector, delivered: Sequence[Record]) -> None:
        try:
            projector.feed.take_in(delivered)
        except Exception as error:  # noqa: BLE001 - raised further, the host would take the records as dealt with
            self._setting.observe(RouteFailed(type(error).__name__))
            projector.feed.realign()

    def _begin(self, partition: Partition) -> None:
        projector = Projector(self._setting, partition, self.outages)
        projector.feed.realign()
        self._projectors[partition] = projector
        name = f"{self._setting.projection.name}.{partition}"
        self._tasks[partition] = asyncio.create_task(projector.run(), name=name)

    async def _release(self, partitions: Iterable[Partition]) -> None:
        tasks = [self._let_go(partition) for partition in partitions]
        if tasks:
            await asyncio.wait(tasks, timeout=self._setting.limits.revoke_seconds)

    def _let_go(self, partition: Partition) -> asyncio.Task[None]:
        self._projectors.pop(partition).feed.close()
        task = self._tasks.pop(partition)
        task.cancel()
        return task
