"""Records of one partition to their tables: one transaction for a batch, the checkpoint moved first.

Whoever works on a partition that has gone to another fails at the checkpoint, before any work.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactly_once import HaltedError, Offset
from mfa_projections.errors import RowRefusedError
from mfa_projections.projecting.observations import Projected
from mfa_projections.projecting.ports import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exactly_once import Record
    from mfa_projections.projecting.ports import Database, Place
    from mfa_projections.projecting.projections import Projection


def _unknown(_: Offset) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies what comes next at a place.

    ``applied`` is told of each transaction that was committed; ``age_seconds`` gives the age of the newest moment at
    which one who stands at an offset had applied all of the log, None if there is none.
    """

    projection: Projection
    database: Database
    place: Place
    applied: Callable[[Projected], None]
    age_seconds: Callable[[Offset], float | None] = _unknown

    async def apply(self, next_offset: Offset, records: Sequence[Record]) -> Offset:
        """Apply records; returns the offset behind them.

        Raises:
            HaltedError: a record cannot be passed; all before it are applied.
            OvertakenError: another has moved the checkpoint.
            StoreError: no answer; what was committed before is kept.
        """
        try:
            return await self._transact(next_offset, records)
        except HaltedError as error:
            # What stands before the place that cannot be passed is sound, or has a place of its own to halt at.
            sound = [record for record in records if record.offset < error.offset]
            if sound:
                await self.apply(next_offset, sound)
            raise
        except RowRefusedError as error:
            if len(records) == 1:
                raise HaltedError(self.place.partition, records[0].offset, str(error)) from error
        for record in records:
            next_offset = await self.apply(next_offset, [record])
        return next_offset

    async def _transact(self, next_offset: Offset, records: Sequence[Record]) -> Offset:
        clock = asyncio.get_running_loop().time
        began = clock()
        after = Offset(records[-1].offset + 1)
        async with self.database.transaction(self.place.version) as transaction:
            await transaction.move(self.place, next_offset, Checkpoint(after, self.age_seconds(after)))
            repeated = await self.projection.apply(transaction, records)
        self.applied(Projected(self.place.partition, len(records), repeated, clock() - began))
        return after
