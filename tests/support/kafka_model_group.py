"""The model's consumer group: eager rebalances, and members that poll and hand on as the real host does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exactly_once.records import Offset, Partition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exactly_once import Record
    from exactly_once.adapters.faststream_host import Router
    from support.kafka_model import Cluster
    from support.kafka_model_ports import Wire


@dataclass
class Group:
    """One group on one topic. All partitions are taken from all members at each rebalance."""

    cluster: Cluster
    name: str
    topic: str
    members: list[Member] = field(default_factory=list)

    async def join(self, member: Member) -> None:
        """Take in a member, then rebalance."""
        self.members.append(member)
        await self.rebalance()

    async def leave(self, member: Member) -> None:
        """Let a member go that says so."""
        self.members.remove(member)
        member.forget()
        await self.rebalance()

    async def expel(self, member: Member) -> None:
        """Take a member for dead: it is not told, and goes on with what it believes to have."""
        self.members.remove(member)
        await self.rebalance()

    async def rebalance(self) -> None:
        """Revoke everything, deal the partitions out in turn."""
        await asyncio.gather(*(member.revoke() for member in self.members))
        dealt = {id(member): self._share(at) for at, member in enumerate(self.members)}
        await asyncio.gather(*(member.assign(dealt[id(member)]) for member in self.members))

    def first_offset(self, partition: Partition) -> Offset:
        """Where a new owner begins, unless it seeks: the group's offset, else the earliest."""
        place = (self.topic, partition)
        return self.cluster.group_offsets.get((self.name, place), self.cluster.log(*place).start)

    def _share(self, at: int) -> list[Partition]:
        return [Partition(p) for p in range(self.cluster.partitions) if p % len(self.members) == at]


class Member:
    """One worker's consumer, and the loop that polls it."""

    def __init__(self, group: Group, wire: Wire, most_records: int = 500) -> None:
        self._group = group
        self._wire = wire
        self.most_records = most_records
        self._router: Router | None = None
        self._positions: dict[Partition, Offset] = {}
        self._paused: set[Partition] = set()
        self._rebalancing = True

    # ---- the port ---------------------------------------------------------------------------------------------

    def assignment(self) -> frozenset[Partition]:
        return frozenset(self._positions)

    def seek(self, partition: Partition, offset: Offset) -> None:
        if partition in self._positions:
            self._positions[partition] = offset

    def pause(self, partition: Partition) -> None:
        if partition in self._positions:
            self._paused.add(partition)

    def resume(self, partition: Partition) -> None:
        self._paused.discard(partition)

    # ---- the host ---------------------------------------------------------------------------------------------

    def serve(self, router: Router) -> None:
        """Hand everything to this router."""
        self._router = router

    async def run(self) -> None:
        """Poll and hand on, until cancelled."""
        while True:
            if not await self.poll_once():
                await asyncio.sleep(0.005)

    async def poll_once(self) -> bool:
        """Hand on what is there; say whether there was anything."""
        records = list(self._poll())
        # A seek that comes now does not reach these any more.
        await self._wire.interference.after(self._wire.who, "poll")
        if records and self._router is not None:
            await self._router.route(records)
        return bool(records)

    # ---- the group --------------------------------------------------------------------------------------------

    async def revoke(self) -> None:
        """Begin a rebalance; what is held stays known until the next assignment."""
        self._rebalancing = True
        if self._router is not None:
            await self._router.on_revoked(self.assignment())

    async def assign(self, partitions: Iterable[Partition]) -> None:
        """End a rebalance. Pauses are forgotten, and records may flow before the router is told."""
        self._positions = {p: self._group.first_offset(p) for p in partitions}
        self._paused = set()
        self._rebalancing = False
        await self._wire.interference.after(self._wire.who, "assign")
        if self._router is not None:
            await self._router.on_assigned(self.assignment())

    def forget(self) -> None:
        """Hold nothing."""
        self._positions = {}

    def _poll(self) -> Iterable[Record]:
        if self._rebalancing:
            return
        for partition in sorted(self._positions.keys() - self._paused):
            log = self._group.cluster.log(self._group.topic, partition)
            start = max(self._positions[partition], log.start)
            records = log.committed(start, log.high)[: self.most_records]
            if records:
                self._positions[partition] = Offset(records[-1].offset + 1)
            yield from records
