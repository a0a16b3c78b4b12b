"""The end of a partition's log: whether all of it is applied, and since when.

A transaction's marker takes an offset of its own, so the last record's offset never tells that one has caught up.
What lies between it and the last stable offset is read once more; if that is nothing, the position moves past it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactly_once import Offset
from exactly_once.bounded import within
from mfa_projections.projecting.identity import check_bounds
from mfa_projections.projecting.reading import closing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from exactly_once import Partition, Record
    from mfa_projections.projecting.setting import Setting


@dataclass(frozen=True, slots=True)
class _Mark:
    """At this second of the process's clock, or later, the last stable offset was there."""

    at: float
    stable: Offset


class End:
    """Looks at the end of one partition once in ``look_seconds``, and four times as often while it is not reached."""

    def __init__(self, setting: Setting, partition: Partition) -> None:
        self._setting = setting
        self._partition = partition
        self._mark: _Mark | None = None
        self._stood_at = Offset(-1)
        self._next_look = float("-inf")

    def age_seconds(self, next_offset: Offset) -> float | None:
        """How long ago one who stands at ``next_offset`` had applied all up to the end, if that is known."""
        mark = self._mark
        return self._setting.now() - mark.at if mark is not None and next_offset >= mark.stable else None

    def lag(self, next_offset: Offset) -> int | None:
        """Offsets from ``next_offset`` to the end as it was seen last."""
        return None if self._mark is None else max(0, self._mark.stable - next_offset)

    async def look(self, next_offset: Offset) -> Offset | None:
        """Look, if it is time; the offset to note when all is applied.

        Raises:
            BrokerError: no answer.
            LogIdentityError: ``next_offset`` lies outside the log.
        """
        now = asyncio.get_running_loop().time()
        if now < self._next_look:
            return None
        self._next_look = now + self._setting.chase_seconds
        mark = self._mark = _Mark(self._setting.now(), await self._stable(next_offset))
        if next_offset >= mark.stable:
            self._next_look = now + self._setting.look_seconds
            return next_offset
        stood, self._stood_at = self._stood_at == next_offset, next_offset
        if stood and await self._is_empty(next_offset, mark.stable):
            return mark.stable
        return None

    async def _stable(self, next_offset: Offset) -> Offset:
        topic = self._setting.projection.topic
        asked = self._setting.log.ends((topic,), self._partition)
        (ends,) = await within(self._setting.limits.patience_seconds, "the end of the log", asked)
        check_bounds(self._partition, topic, next_offset, ends)
        return ends.stable

    async def _is_empty(self, start: Offset, end: Offset) -> bool:
        reading = self._setting.log.read(self._setting.projection.topic, self._partition, start, end)
        return await within(self._setting.limits.acquire_seconds, "the end of the log", _has_nothing(reading))


async def _has_nothing(reading: AsyncIterator[Sequence[Record]]) -> bool:
    async with closing(reading) as parts:
        async for records in parts:
            if records:
                return False
    return True
