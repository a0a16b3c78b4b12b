"""The versions of the tables in memory, as a rebuild needs them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, cast

from mfa_projections.errors import RebuildRunningError
from mfa_projections.projecting.versions import Compared, Version, Versions
from support.tables import Kept, MemoryDatabase, Rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping

    from exactly_once import Partition
    from mfa_projections.projecting.versions import Standing

_HERE = {"event_history": "history", "audit_record": "audit"}


class MemoryVersions(MemoryDatabase):
    """``alone_now`` tells that somebody rebuilds."""

    def __init__(self) -> None:
        super().__init__()
        self.alone_now = False

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        if self.alone_now:
            raise RebuildRunningError("another")
        self.alone_now = True
        try:
            yield
        finally:
            self.alone_now = False

    async def versions(self) -> Versions:
        *others, active = (Version(number, self.kept.versions[number].shape) for number in self._shown())
        return Versions(active, others[-1] if others else None)

    async def make(self) -> Version:
        self.kept.made += 1
        self.kept.versions[self.kept.made] = Rows(self.shape)
        return Version(self.kept.made, self.shape)

    async def drop(self, version: int) -> None:
        kept = self.kept
        if version == kept.shown[-1]:
            return
        kept.versions.pop(version, None)
        for place in [place for place in kept.offsets if place.version == version]:
            del kept.offsets[place]
            kept.caught_up_at.pop(place, None)
        for name in [name for name in kept.logs if name[1] == version]:
            del kept.logs[name]

    async def tidy(self) -> None:
        stays = [version.number for version in await self.versions() if version is not None]
        for version in set(self.kept.versions) - set(stays):
            await self.drop(version)

    @asynccontextmanager
    async def held(self, version: int) -> AsyncIterator[Standing]:
        async with self.held_back[version]:
            yield self.kept.standing(version)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[MemorySnapshot]:
        yield MemorySnapshot(self)

    def _shown(self) -> list[int]:
        return [number for number in self.kept.shown if number in self.kept.versions]


class MemorySnapshot:
    """What was committed when it was first asked."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database
        self._kept: Kept | None = None

    @property
    def _seen(self) -> Kept:
        self._kept = self._kept or deepcopy(self._database.kept)
        return self._kept

    async def standing(self, version: int) -> Standing:
        return dict(self._seen.standing(version))

    async def compare(self, shown: int, following: int, table: str, left_out: Collection[Partition]) -> Compared:
        old, new = (self._of(version, table, left_out) for version in (shown, following))
        differ = sum(old.get(key) != new.get(key) for key in old.keys() | new.keys())
        return Compared(table, len(new), differ, tuple(sorted(left_out)))

    def _of(self, version: int, table: str, left_out: Collection[Partition]) -> Mapping[object, object]:
        rows = self._seen.versions[version]
        away = {
            (row.tenant_id, row.user_id)
            for each in self._seen.versions.values()
            for row in each.history.values()
            if row.log_partition in left_out
        }
        all_of_it = cast("dict[tuple[str, ...], object]", getattr(rows, _HERE.get(table, table)))
        return {key: row for key, row in all_of_it.items() if key[:2] not in away}
