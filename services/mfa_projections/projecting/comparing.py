"""Two versions of the tables, compared where both stand at the same offsets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mfa_projections.projecting.versions import TABLES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from exactly_once import Offset, Partition
    from mfa_projections.projecting.filling import Filling
    from mfa_projections.projecting.versions import Compared, Snapshot, VersionedDatabase

LITTLE: Final = 1_000
"""So many offsets are folded while the workers wait."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares the version that readers are shown with the one that is filled."""

    database: VersionedDatabase
    shown: int
    following: int
    fillings: Sequence[Filling]

    async def run(self) -> Sequence[Compared]:
        """Bring the one that is filled to where the other stands, and compare all tables.

        Whoever writes the version that readers are shown waits for the last few records, not for the comparison.
        """
        await self._fill_nearly()
        async with self.database.snapshot() as snapshot:
            async with self.database.held(self.shown) as standing:
                for filling in self.fillings:
                    await filling.fill(await filling.reachable(standing))
                # The first question: from here on the snapshot shows both where they stand now.
                await snapshot.standing(self.shown)
            return [row async for row in self._tables(snapshot)]

    async def _fill_nearly(self) -> None:
        """Fill up to where the other stands; it moves on meanwhile, so until little is left."""
        lacking = await self._lacking()
        while True:
            for filling, until, _ in lacking:
                await filling.fill(until)
            lacking = await self._lacking()
            if sum(left for _, _, left in lacking) <= LITTLE:
                return

    async def _lacking(self) -> Sequence[tuple[Filling, Mapping[Partition, Offset], int]]:
        async with self.database.snapshot() as snapshot:
            standing, own = await snapshot.standing(self.shown), await snapshot.standing(self.following)
        until = [(filling, await filling.reachable(standing)) for filling in self.fillings]
        return [(filling, each, filling.left(each, own)) for filling, each in until]

    async def _tables(self, snapshot: Snapshot) -> AsyncIterator[Compared]:
        standing, own = await snapshot.standing(self.shown), await snapshot.standing(self.following)
        for filling in self.fillings:
            left_out = filling.left_out(standing, own)
            for table in TABLES[filling.projection.name]:
                row = await snapshot.compare(self.shown, self.following, table, left_out)
                # Where no partition stands at the same place, nothing can be said.
                yield replace(row, differ=None) if left_out == filling.partitions else row
