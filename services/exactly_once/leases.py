"""All leases of a worker, and what the host hands to them: deliveries, revocations, assignments.

The host would swallow whatever is raised here and go on as if the records had been dealt with, so
nothing is raised: a failure is observed, and the consumer is put back.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic

from exactly_once.application import OverlayT, StateT
from exactly_once.bounded import within
from exactly_once.lease import Lease
from exactly_once.observations import BrokerBack, BrokerLost, LeaseReleased, RecordsDropped, RouteFailed
from exactly_once.place import told
from exactly_once.records import Partition, by_partition
from exactly_once.status import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from exactly_once.records import Record
    from exactly_once.setting import Setting


class Leases(Generic[StateT, OverlayT]):
    """Routes deliveries to leases, and keeps as many as the group has given partitions to this worker."""

    def __init__(self, setting: Setting[StateT, OverlayT]) -> None:
        self._setting = setting
        self._leases: dict[Partition, Lease[StateT, OverlayT]] = {}
        self._tasks: dict[Partition, asyncio.Task[None]] = {}
        self._watching: asyncio.Task[None] | None = None
        self._assigned_once = False
        self._draining = False
        self._broker_error: str | None = None

    # ---- what the host calls ----------------------------------------------------------------------------------

    async def route(self, records: Sequence[Record]) -> None:
        """Hand delivered records to their leases; they are in offset order within each partition."""
        for partition, delivered in by_partition(records).items():
            self._deliver(partition, delivered)

    async def on_revoked(self, partitions: Collection[Partition]) -> None:
        """Let what is under way end, begin nothing new; a lease that takes too long is dropped.

        The leases are kept: most partitions of a rebalance come back to where they were.
        """
        leases = [self._leases[p] for p in partitions if p in self._leases]
        for lease in leases:
            lease.suspend()
        late = await self._unsettled(leases)
        await self._release(lease.partition for lease in late)

    async def on_assigned(self, partitions: Collection[Partition]) -> None:
        """Go on with the partitions that came back, begin with new ones, release the others."""
        self._assigned_once = True
        self._watch()
        await self._release([p for p in self._leases if p not in partitions])
        if self._draining:
            return
        for partition in partitions:
            if partition in self._leases:
                self._leases[partition].go_on()
            else:
                self._begin(partition)

    async def drain(self) -> None:
        """End what is under way, within a bound, and let go of everything; for an orderly stop."""
        self._draining = True
        if self._watching is not None:
            self._watching.cancel()
        for lease in self._leases.values():
            lease.suspend()
        await self._unsettled(list(self._leases.values()))
        await self._release(list(self._leases))

    def broker_gone(self, error: str) -> None:
        """Note that the broker could not be reached; said once until ``broker_there``."""
        if self._broker_error is None:
            self._setting.observe(BrokerLost(error))
        self._broker_error = error

    def broker_there(self) -> None:
        """Note that the broker has answered."""
        if self._broker_error is not None:
            self._setting.observe(BrokerBack())
        self._broker_error = None

    def status(self) -> Status:
        """Say where every partition is; for readiness, liveness and metrics."""
        partitions = {partition: lease.status() for partition, lease in sorted(self._leases.items())}
        return Status(self._assigned_once, self._draining, partitions, self._broker_error)

    # ---- deliveries -------------------------------------------------------------------------------------------

    def _deliver(self, partition: Partition, delivered: Sequence[Record]) -> None:
        lease = self._leases.get(partition)
        try:
            dropped = len(delivered) if lease is None else lease.feed.take_in(delivered)
            if dropped:
                self._setting.observe(RecordsDropped(partition, dropped))
        except Exception as error:  # noqa: BLE001 - raised further, the host would take the records as dealt with
            self._setting.observe(RouteFailed(told(error, self._setting.application)))
            if lease is not None:
                lease.feed.realign()

    # ---- assignments ------------------------------------------------------------------------------------------

    def _begin(self, partition: Partition) -> None:
        lease = Lease(self._setting, partition)
        lease.feed.realign()
        self._leases[partition] = lease
        self._tasks[partition] = asyncio.create_task(lease.run(), name=f"{self._setting.spec.name}.{partition}")

    async def _unsettled(self, leases: Sequence[Lease[StateT, OverlayT]]) -> list[Lease[StateT, OverlayT]]:
        waits = {asyncio.create_task(lease.settled()): lease for lease in leases}
        if not waits:
            return []
        _, late = await asyncio.wait(waits, timeout=self._setting.limits.revoke_seconds)
        for wait in late:
            wait.cancel()
        return [waits[wait] for wait in late]

    async def _release(self, partitions: Iterable[Partition]) -> None:
        tasks = [self._let_go(partition) for partition in list(partitions)]
        if tasks:
            await asyncio.wait(tasks, timeout=self._setting.limits.patience_seconds)

    def _let_go(self, partition: Partition) -> asyncio.Task[None]:
        # Closed at once: by the time that the task has ended, the partition may be a new lease's.
        self._leases.pop(partition).feed.close()
        task = self._tasks.pop(partition)
        task.cancel()
        self._setting.observe(LeaseReleased(partition))
        return task

    # ---- the broker -------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        if self._watching is None:
            self._watching = asyncio.create_task(self._keep_watching(), name=f"{self._setting.spec.name}.watch")

    async def _keep_watching(self) -> None:
        while True:
            await asyncio.sleep(self._setting.limits.watch_seconds)
            try:
                await self._measure()
            except Exception as error:  # noqa: BLE001 - the watch must outlive whatever it meets
                self.broker_gone(f"{type(error).__name__}: {error}")
            else:
                self.broker_there()

    async def _measure(self) -> None:
        limits, log, topic = self._setting.limits, self._setting.log, self._setting.spec.input_topic
        for partition in list(self._leases) or [Partition(0)]:
            asked = log.ends((topic,), partition)
            (ends,) = await within(limits.patience_seconds, "the end of the input", asked)
            if partition in self._leases:
                self._leases[partition].measured(ends.stable)
