"""Folding a projection anew from the log's beginning.

A worker may run meanwhile: it finds its checkpoint gone and begins at 0 too. Whichever of the two moves a checkpoint
first writes; the other goes on from there.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exactly_once import HaltedError, Offset, Partition
from mfa_projections.errors import OvertakenError
from mfa_projections.projecting.applying import Applier
from mfa_projections.projecting.identity import check_bounds, check_log
from mfa_projections.projecting.ports import Checkpoint, Place
from mfa_projections.projecting.reading import closing

if TYPE_CHECKING:
    from collections.abc import Callable

    from exactly_once import LogIdentity
    from exactly_once.protocols import Log
    from mfa_projections.projecting.ports import Database
    from mfa_projections.projecting.projections import Projection

_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Rebuilds one projection. ``progressed`` is told of the records that each transaction has applied."""

    projection: Projection
    database: Database
    log: Log
    progressed: Callable[[int], None]

    async def run(self, found: LogIdentity) -> None:
        """Forget everything, then fold all partitions of the log that was found up to where they end now.

        Raises:
            HaltedError: a record cannot be read, or a user's sequence is broken; what stands before it is applied,
                and all of the other partitions.
            StoreError, BrokerError: no answer; all partitions have stopped.
        """
        await self._begin(found)
        try:
            async with asyncio.TaskGroup() as group:
                folds = [group.create_task(self._until_halted(Partition(n))) for n in range(found.partitions)]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        for halt in filter(None, [fold.result() for fold in folds]):
            raise halt

    async def _begin(self, found: LogIdentity) -> None:
        name, version, topic = self.projection.name, self.projection.version, self.projection.topic
        async with self.database.transaction() as transaction:
            await transaction.forget(name, version)
        begun_on = await self.database.log_of(name, version, topic, found)
        check_log(Partition(0), topic, Offset(0), begun_on, found)

    async def _until_halted(self, partition: Partition) -> HaltedError | None:
        """Fold; a break ends this partition, the others go on."""
        try:
            await self._fold(partition)
        except HaltedError as error:
            return error
        return None

    async def _fold(self, partition: Partition) -> None:
        place = Place(self.projection.name, self.projection.version, partition)
        next_offset = await self.database.next_offset(place)
        (ends,) = await self.log.ends((self.projection.topic,), partition)
        check_bounds(partition, self.projection.topic, next_offset, ends)
        while next_offset < ends.stable:
            # A worker is at it as well; the database says how far the two have come.
            with suppress(OvertakenError):
                await self._fold_from(place, next_offset, ends.stable)
            next_offset = await self.database.next_offset(place)

    async def _fold_from(self, place: Place, next_offset: Offset, end: Offset) -> None:
        applier = Applier(self.projection, self.database, place, lambda done: self.progressed(done.records))
        async with closing(self.log.read(self.projection.topic, place.partition, next_offset, end)) as reading:
            async for records in reading:
                for start in range(0, len(records), _MOST):
                    next_offset = await applier.apply(next_offset, records[start : start + _MOST])
        async with self.database.transaction() as transaction:
            await transaction.move(place, next_offset, Checkpoint(end))
