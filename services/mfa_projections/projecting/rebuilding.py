"""Folding a projection anew from the log's beginning.

A worker may run meanwhile: it finds its checkpoint gone and begins at 0 too. Whichever of the two moves a checkpoint
first writes; the other goes on from there.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactly_once import Offset, Partition
from mfa_projections.errors import OvertakenError
from mfa_projections.projecting.ports import Checkpoint, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exactly_once import Record
    from exactly_once.protocols import Log
    from mfa_projections.projecting.ports import Database
    from mfa_projections.projecting.projections import Projection

_MOST: int = 1_000


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Rebuilds one projection. ``progressed`` is told of the records that each transaction has applied."""

    projection: Projection
    database: Database
    log: Log
    progressed: Callable[[int], None]

    async def run(self, partitions: int) -> None:
        """Forget everything, then fold all partitions up to where their logs end now.

        Raises:
            HaltedError: a record cannot be read, or a user's sequence is broken; what stands before it is applied.
            StoreError, BrokerError: no answer.
        """
        async with self.database.transaction() as transaction:
            await transaction.forget(self.projection.name, self.projection.version)
        await asyncio.gather(*(self._fold(Partition(number)) for number in range(partitions)))

    async def _fold(self, partition: Partition) -> None:
        place = Place(self.projection.name, self.projection.version, partition)
        (ends,) = await self.log.ends((self.projection.topic,), partition)
        while (next_offset := await self.database.next_offset(place)) < ends.stable:
            try:
                await self._fold_from(place, next_offset, ends.stable)
            except OvertakenError:
                # A worker is at it as well; the database says how far the two have come.
                continue

    async def _fold_from(self, place: Place, next_offset: Offset, end: Offset) -> None:
        async for records in self.log.read(self.projection.topic, place.partition, next_offset, end):
            for start in range(0, len(records), _MOST):
                next_offset = await self._apply(place, next_offset, records[start : start + _MOST])
        async with self.database.transaction() as transaction:
            await transaction.move(place, next_offset, Checkpoint(end))

    async def _apply(self, place: Place, next_offset: Offset, records: Sequence[Record]) -> Offset:
        after = Offset(records[-1].offset + 1)
        async with self.database.transaction() as transaction:
            await transaction.move(place, next_offset, Checkpoint(after))
            await self.projection.apply(transaction, records)
        self.progressed(len(records))
        return after
