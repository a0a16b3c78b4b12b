"""Rebuilding: another version of the tables is filled from the log beside the one that readers are shown.

It is compared with that one where both stand at the same offsets, brought to the end of the log, and put before readers
in one transaction. Workers go on with the version that readers are shown, whichever that is.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exactly_once import Partition
from mfa_projections.errors import BusyError, NoVersionBeforeError, StoreError
from mfa_projections.projecting.comparing import LITTLE, Comparison
from mfa_projections.projecting.filling import Filling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from exactly_once import LogIdentity
    from exactly_once.protocols import Log
    from mfa_projections.projecting.projections import Projection
    from mfa_projections.projecting.versions import Compared, Version, VersionedDatabase

_TRIES: Final = 60


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: the version shown before, the one made or gone back to, how their tables compare.

    ``shown`` tells whether readers are shown the second one now. ``compared`` is empty when its shape is not this
    program's, which cannot bring it to where the other stands.
    """

    before: Version
    version: Version
    shown: bool
    compared: Sequence[Compared]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Rebuilds all projections; one rebuild at a time.

    ``found`` gives the log of each projection's topic; ``progressed`` is told a projection's name and how many records
    one more transaction has applied. ``pause_seconds`` lie between two tries to put the version before readers.
    """

    projections: Sequence[Projection]
    database: VersionedDatabase
    log: Log
    found: Mapping[str, LogIdentity]
    progressed: Callable[[str, int], None]
    pause_seconds: float = 1.0

    async def lengths(self) -> Mapping[str, int]:
        """By projection, how many offsets its log has: about as many records, and the markers of transactions."""
        told: dict[str, int] = {}
        for projection in self.projections:
            partitions = range(self.found[projection.name].partitions)
            ends = [(await self.log.ends((projection.topic,), Partition(n)))[0] for n in partitions]
            told[projection.name] = sum(end.stable - end.start for end in ends)
        return told

    async def run(self, *, only_compare: bool = False) -> Rebuilt:
        """Make the next version and show it; nothing is left of one that could not be finished.

        Raises:
            RebuildRunningError: another rebuild runs.
            HaltedError: a record cannot be read, or a user's sequence is broken.
            BusyError: readers did not make way, however often it was tried.
            StoreError, BrokerError: no answer.
        """
        async with self.database.alone():
            # Of a rebuild that was killed something may be left.
            await self.database.tidy()
            before, made = (await self.database.versions()).active, await self.database.make()
            shown = False
            try:
                compared = await self._bring(before, made, show=not only_compare)
                shown = not only_compare
            finally:
                if not shown:
                    await self._drop(made)
            await self._tidy()
            return Rebuilt(before, made, shown, compared)

    async def back(self) -> Rebuilt:
        """Show the version that was shown before this one, brought to where the log ends if its shape allows.

        Raises:
            NoVersionBeforeError: there is none.
            RebuildRunningError, HaltedError, BusyError, StoreError, BrokerError: as above.
        """
        async with self.database.alone():
            active, before = await self.database.versions()
            if before is None:
                raise NoVersionBeforeError("expected a version to go back to, there is none before the first rebuild.")
            compared: Sequence[Compared] = ()
            if before.shape == self.database.shape:
                compared = await self._bring(active, before, show=True)
            else:
                await self._show(active, before, ())
            return Rebuilt(active, before, shown=True, compared=compared)

    async def _bring(self, before: Version, version: Version, *, show: bool) -> Sequence[Compared]:
        fillings = [await self._filling(projection, before, version) for projection in self.projections]
        for filling in fillings:
            await filling.begin()
        compared = await Comparison(self.database, before.number, version.number, fillings).run()
        if show:
            await self._show(before, version, fillings)
        return compared

    async def _filling(self, projection: Projection, before: Version, version: Version) -> Filling:
        name, found = projection.name, self.found[projection.name]
        begun_on = await self.database.log_of(name, before.number, projection.topic, found)
        return Filling(
            projection,
            self.database,
            self.log,
            found,
            version.number,
            not begun_on.differs_from(found),
            lambda records: self.progressed(name, records),
        )

    # ---- showing ----------------------------------------------------------------------------------------------

    async def _show(self, before: Version, version: Version, fillings: Sequence[Filling]) -> None:
        for _ in range(_TRIES):
            for filling in fillings:
                await filling.fill({n: ends.stable for n, ends in (await filling.ends()).items()})
            try:
                if await self._show_at_once(before, version, fillings):
                    return
            except BusyError:
                await asyncio.sleep(self.pause_seconds)
        told = f"expected a moment to put version {version.number} before readers, found none in {_TRIES} tries"
        raise BusyError(f"{told}: long queries run, or more is written than can be folded. Try again at a calmer time.")

    async def _show_at_once(self, before: Version, version: Version, fillings: Sequence[Filling]) -> bool:
        """Show it if it has, or lacks but little of, what the version before has."""
        async with self.database.transaction(version.number) as transaction:
            standing, own = await transaction.hold(before.number), await transaction.hold(version.number)
            until = [(filling, await filling.reachable(standing)) for filling in fillings]
            if sum(filling.left(each, own) for filling, each in until) > LITTLE:
                return False
            for filling, each in until:
                await filling.fill_within(transaction, own, each)
            await transaction.show(before.number, version.number)
        return True

    # ---- dropping ---------------------------------------------------------------------------------------------

    async def _drop(self, version: Version) -> None:
        # What cannot be dropped now is dropped by the next rebuild; why this one ends is what must be told.
        with suppress(StoreError):
            await self.database.drop(version.number)

    async def _tidy(self) -> None:
        with suppress(StoreError):
            await self.database.tidy()
