"""Folding the log of one projection into a version that readers are not shown yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exactly_once import Offset, Partition
from mfa_projections.projecting.applying import Applier
from mfa_projections.projecting.identity import check_bounds, check_log
from mfa_projections.projecting.ports import Checkpoint, Place
from mfa_projections.projecting.reading import closing
from mfa_projections.projecting.versions import Projected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from exactly_once import LogIdentity
    from exactly_once.protocols import Ends, Log
    from mfa_projections.projecting.ports import Database, Transaction
    from mfa_projections.projecting.projections import Projection
    from mfa_projections.projecting.versions import Standing

_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Filling:
    """Fills the tables of one projection.

    ``comparable``: the version that readers are shown was filled from this log too, so that offsets mean the same.
    ``progressed`` is told of the records that each transaction has applied.
    """

    projection: Projection
    database: Database
    log: Log
    found: LogIdentity
    version: int
    comparable: bool
    progressed: Callable[[int], None]

    @property
    def partitions(self) -> tuple[Partition, ...]:
        """All partitions of the log."""
        return tuple(Partition(number) for number in range(self.found.partitions))

    async def begin(self) -> None:
        """See that the version has a place in all partitions, and was begun on this log if it was begun before.

        Raises:
            LogIdentityError: it was, or the log does not reach back to where the version stands.
        """
        name, topic = self.projection.name, self.projection.topic
        begun_on = await self.database.log_of(name, self.version, topic, self.found)
        check_log(Partition(0), topic, Offset(0), begun_on, self.found)
        stands = {n: await self.database.next_offset(self._place(n)) for n in self.partitions}
        for partition, ends in (await self.ends()).items():
            check_bounds(partition, topic, stands[partition], ends)

    async def reachable(self, standing: Standing) -> Mapping[Partition, Offset]:
        """Where the other version stands, as far as this log has it."""
        if not self.comparable:
            return {}
        return {n: min(standing.get(self._of(n), Offset(0)), ends.stable) for n, ends in (await self.ends()).items()}

    def left(self, until: Mapping[Partition, Offset], own: Standing) -> int:
        """How many offsets lie between where the version stands and these."""
        return sum(max(0, end - own[self._of(partition)]) for partition, end in until.items())

    def left_out(self, standing: Standing, own: Standing) -> tuple[Partition, ...]:
        """The partitions in which the other version stands elsewhere."""
        here = {n for n in self.partitions if standing.get(self._of(n), Offset(0)) == own[self._of(n)]}
        return tuple(n for n in self.partitions if not self.comparable or n not in here)

    async def ends(self) -> Mapping[Partition, Ends]:
        """The bounds of the log in all its partitions."""
        asked = (self.log.ends((self.projection.topic,), partition) for partition in self.partitions)
        found = await asyncio.gather(*asked)
        return {partition: ends for partition, (ends,) in zip(self.partitions, found, strict=True)}

    async def fill(self, until: Mapping[Partition, Offset]) -> None:
        """Apply what lies below these offsets, all partitions at once.

        Raises:
            HaltedError: a record cannot be read, or a user's sequence is broken.
            StoreError, BrokerError: no answer.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for partition, end in until.items():
                    group.create_task(self._fill(partition, end))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def fill_within(self, transaction: Transaction, own: Standing, until: Mapping[Partition, Offset]) -> None:
        """Apply the few records that lie below these offsets in a transaction that has been begun."""
        for partition, end in until.items():
            start = own[self._of(partition)]
            if start < end:
                await self._fill_within(transaction, partition, start, end)

    async def _fill_within(self, transaction: Transaction, partition: Partition, start: Offset, end: Offset) -> None:
        async with closing(self.log.read(self.projection.topic, partition, start, end)) as reading:
            async for records in reading:
                if records:
                    await self.projection.apply(transaction, records)
        await transaction.move(self._place(partition), start, Checkpoint(end))

    async def _fill(self, partition: Partition, end: Offset) -> None:
        place = self._place(partition)
        next_offset = await self.database.next_offset(place)
        if next_offset >= end:
            return
        applier = Applier(self.projection, self.database, place, lambda done: self.progressed(done.records))
        async with closing(self.log.read(self.projection.topic, partition, next_offset, end)) as reading:
            async for records in reading:
                for first in range(0, len(records), _MOST):
                    next_offset = await applier.apply(next_offset, records[first : first + _MOST])
        async with self.database.transaction(self.version) as transaction:
            await transaction.move(place, next_offset, Checkpoint(end))

    def _of(self, partition: Partition) -> Projected:
        return Projected(self.projection.name, partition)

    def _place(self, partition: Partition) -> Place:
        return Place(self.projection.name, self.version, partition)
