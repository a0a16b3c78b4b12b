"""The projector of one partition: begin at the database's offset, then a transaction for each batch.

After any failure everything begins again from what the database says; so it does when another version of the tables is
put before readers. What is written until that is seen goes to the version before, which has checkpoints of its own.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from exactly_once import HaltedError, Offset
from exactly_once.backoff import wait_seconds
from exactly_once.bounded import within
from exactly_once.cancelling import is_cancelled
from exactly_once.errors import BrokerError, ExactlyOnceError
from exactly_once.feed import Feed
from exactly_once.status import Acquiring, Halted, PartitionStatus, Ready, Waiting
from mfa_projections.errors import OvertakenError, ProjectionsError, ShapeError, StoreError
from mfa_projections.projecting import observations as seen
from mfa_projections.projecting.applying import Applier
from mfa_projections.projecting.end import End
from mfa_projections.projecting.identity import check_bounds, check_log
from mfa_projections.projecting.ports import Checkpoint, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exactly_once import Partition, Record
    from exactly_once.status import Phase
    from mfa_projections.projecting.outages import Outages
    from mfa_projections.projecting.setting import Setting


class Projector:
    """One partition, from its assignment to its release."""

    def __init__(self, setting: Setting, partition: Partition, outages: Outages) -> None:
        self.partition = partition
        self.feed = Feed(setting.consumer, partition, setting.limits)
        self._setting = setting
        self._outages = outages
        self._end = End(setting, partition)
        self._phase: Phase = Waiting("just assigned")
        self._failures = 0
        self._last_code = ""
        self._progress_at = 0.0
        self._next_question = 0.0

    async def run(self) -> None:
        """Project until cancelled; ends by itself only when halted."""
        while True:
            try:
                await self._hold()
            except HaltedError as error:
                self._halt(error)
                return
            except asyncio.CancelledError as error:
                # Nobody would miss a task that has ended over somebody else's cancellation.
                if is_cancelled():
                    raise
                await self._back_off(BrokerError(f"a client library gave up ({error!r})"))
            except Exception as error:  # noqa: BLE001 - whatever it is, it costs this partition and not the worker
                await self._back_off(error)
            finally:
                self.feed.close()

    def status(self) -> PartitionStatus:
        """Say where this projector is."""
        queued = len(self.feed)
        idle = queued == 0 and isinstance(self._phase, Ready)
        lag = self._end.lag(self._phase.next_input) if isinstance(self._phase, Ready) else None
        return PartitionStatus(self._phase, 0.0 if idle else _now() - self._progress_at, queued, lag)

    # ---- holding ----------------------------------------------------------------------------------------------

    async def _hold(self) -> None:
        """Hold the partition for as long as the same version is active."""
        self._enter(Acquiring())
        place = Place(self._setting.projection.name, await self._setting.database.active(), self.partition)
        next_offset = await self._begin(place)
        applier = Applier(self._setting.projection, self._setting.database, place, self._applied, self._end.age_seconds)
        while await self._is_active(place.version):
            for records in await self._next_records():
                next_offset = await applier.apply(next_offset, records)
                self._enter(Ready(next_offset))
            next_offset = await self._look_at_end(place, next_offset)

    async def _begin(self, place: Place) -> Offset:
        next_offset = await self._setting.database.next_offset(place)
        self._outages.database_there()
        await self._check_log(place, next_offset)
        await self._check_bounds(next_offset)
        self.feed.open(next_offset)
        self._enter(Ready(next_offset))
        self._next_question = _now() + self._setting.look_seconds
        self._setting.observe(seen.ProjectorReady(self.partition, next_offset))
        return next_offset

    async def _is_active(self, version: int) -> bool:
        if _now() < self._next_question:
            return True
        self._next_question = _now() + self._setting.look_seconds
        return await self._setting.database.active() == version

    async def _next_records(self) -> Sequence[Sequence[Record]]:
        limits = self._setting.limits
        try:
            async with asyncio.timeout(self._setting.chase_seconds):
                await self.feed.first()
        except TimeoutError:
            return ()
        return (self.feed.take(limits.transaction_records, limits.transaction_bytes),)

    def _applied(self, projected: seen.Projected) -> None:
        self._failures, self._last_code = 0, ""
        self._setting.observe(projected)

    # ---- the end of the log -----------------------------------------------------------------------------------

    async def _look_at_end(self, place: Place, next_offset: Offset) -> Offset:
        """Note whether all is applied."""
        try:
            reached = await self._end.look(next_offset)
        except BrokerError as error:
            self._outages.broker_gone(str(error))
            return next_offset
        self._outages.broker_there()
        if reached is None:
            return next_offset
        # Nothing but a time is lost if this one is forgotten in a crash.
        async with self._setting.database.transaction(place.version, durable=False) as transaction:
            await transaction.move(place, next_offset, Checkpoint(reached, self._end.age_seconds(reached)))
        self._enter(Ready(reached))
        return reached

    async def _check_log(self, place: Place, next_offset: Offset) -> None:
        topic = self._setting.projection.topic
        asked = self._setting.log.identity((topic,))
        found = await within(self._setting.limits.acquire_seconds, "the identity of the log", asked)
        begun_on = await self._setting.database.log_of(place.projection, place.version, topic, found)
        check_log(self.partition, topic, next_offset, begun_on, found)

    async def _check_bounds(self, next_offset: Offset) -> None:
        topic = self._setting.projection.topic
        asked = self._setting.log.ends((topic,), self.partition)
        (ends,) = await within(self._setting.limits.acquire_seconds, "the ends of the log", asked)
        check_bounds(self.partition, topic, next_offset, ends)

    # ---- failing ----------------------------------------------------------------------------------------------

    def _halt(self, error: HaltedError) -> None:
        topic, offset = error.topic or self._setting.projection.topic, Offset(error.offset)
        self._enter(Halted(topic, offset, error.reason))
        self._setting.observe(seen.ProjectorHalted(self.partition, offset, error.code, error.reason))

    async def _back_off(self, error: Exception) -> None:
        self._failures += 1
        overtaken = isinstance(error, OvertakenError)
        seconds = wait_seconds(self._failures, self._setting.limits, self._setting.spread(), fenced=overtaken)
        code, said = _known(error)
        self._enter(Waiting(code))
        self._note(error, said)
        if code != self._last_code:
            self._last_code = code
            self._setting.observe(seen.ProjectorLost(self.partition, code, said, seconds))
        await asyncio.sleep(seconds)

    def _note(self, error: Exception, said: str) -> None:
        if isinstance(error, BrokerError):
            self._outages.broker_gone(said)
        elif isinstance(error, StoreError) and not isinstance(error, OvertakenError):
            self._outages.database_gone(said)
        elif isinstance(error, ShapeError):
            self._outages.database_there()

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._progress_at = _now()


def _known(error: Exception) -> tuple[str, str]:
    # Only the kind of a foreign error: its text may quote a record.
    kind = type(error).__name__
    return (error.code, str(error)) if isinstance(error, ExactlyOnceError | ProjectionsError) else (kind, kind)


def _now() -> float:
    return asyncio.get_running_loop().time()
