"""The lease of one input partition: acquire, then decide and commit for as long as it is held.

State, position and producer belong together: after any failure all three are thrown away, and it
begins again from the fence. One task for each lease, so that a stalled commit holds up no other partition.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic

from exactly_once import observations as seen
from exactly_once.acquiring import Held, acquire, still_ours
from exactly_once.application import OverlayT, StateT
from exactly_once.backoff import wait_seconds
from exactly_once.bounded import within
from exactly_once.cancelling import is_cancelled
from exactly_once.deciding import Deciding
from exactly_once.errors import (
    BrokerError,
    ExactlyOnceError,
    FencedError,
    HaltedError,
    LogIdentityError,
    OutputRefusedError,
)
from exactly_once.feed import Feed
from exactly_once.place import told
from exactly_once.records import Offset
from exactly_once.status import Acquiring, Halted, PartitionStatus, Ready, Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exactly_once.application import Batch
    from exactly_once.loading import Loaded
    from exactly_once.protocols import Producer
    from exactly_once.records import Partition, Record
    from exactly_once.setting import Setting
    from exactly_once.status import Phase


class Lease(Generic[StateT, OverlayT]):
    """One partition, from its assignment to its release."""

    def __init__(self, setting: Setting[StateT, OverlayT], partition: Partition) -> None:
        self.partition = partition
        self.feed = Feed(setting.consumer, partition, setting.limits)
        self._setting = setting
        self._deciding = Deciding(setting, partition)
        self._phase: Phase = Waiting("just assigned")
        self._going = asyncio.Event()
        self._going.set()
        self._settled = asyncio.Event()
        self._settled.set()
        self._failures = 0
        self._last_code = ""
        self._progress_at = 0.0
        self._input_end: Offset | None = None

    async def run(self) -> None:
        """Hold the partition until cancelled; ends by itself only when halted."""
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
            except Exception as error:  # noqa: BLE001 - whatever it is, it costs this lease and not the worker
                await self._back_off(error)

    def suspend(self) -> None:
        """Begin nothing new; what is under way goes on, see ``settled``."""
        self.feed.suspend()
        self._going.clear()

    async def settled(self) -> None:
        """Wait until no transaction is under way."""
        await self._settled.wait()

    def go_on(self) -> None:
        """Go on after ``suspend``: the partition has come back."""
        self.feed.go_on()
        self._going.set()

    def measured(self, input_end: Offset) -> None:
        """Take note of the input's last stable offset, for the lag."""
        self._input_end = input_end

    def status(self) -> PartitionStatus:
        """Say where this lease is."""
        queued = len(self.feed)
        idle = queued == 0 and self._settled.is_set() and isinstance(self._phase, Ready)
        idle_seconds = 0.0 if idle else _now() - self._progress_at
        return PartitionStatus(self._phase, idle_seconds, queued, self._lag())

    # ---- holding ----------------------------------------------------------------------------------------------

    async def _hold(self) -> None:
        producer = self._setting.producers(self.partition)
        try:
            await self._allowed()
            held = await self._acquire(producer)
            while True:
                await self._next_batch(held)
        finally:
            self.feed.close()
            await producer.discard()

    async def _acquire(self, producer: Producer) -> Held[StateT]:
        began = _now()
        self._enter(Acquiring())
        held, loaded = await acquire(self._setting, self.partition, producer, self._progressed)
        # From here to the return nothing may be awaited: a record delivered in between would be lost.
        self.feed.open(held.position.next_input)
        self._enter(Ready(held.position.next_input))
        self._say_ready(loaded, _now() - began)
        return held

    async def _next_batch(self, held: Held[StateT]) -> None:
        first = await self.feed.first()
        await self._allowed()
        self._settled.clear()
        try:
            await self._decide_and_commit(held, first.offset)
        finally:
            self._settled.set()

    async def _allowed(self) -> None:
        # Looked at again after each wait: a second revocation may have come before this task's turn.
        while not self._going.is_set():
            await self._going.wait()

    async def _decide_and_commit(self, held: Held[StateT], first: Offset) -> None:
        began = _now()
        records = self.feed.take(self._deciding.most_records(first), self._setting.limits.transaction_bytes)
        await self._check_holes(held, records)
        batch = await self._deciding.decide(held.state, records)
        self._progressed()
        if batch is None:
            self.feed.put_back(records)
            return
        await self._commit(held, batch, records)
        self._setting.application.merge(held.state, batch.overlay)
        outputs = len(batch.outputs) + len(batch.updates)
        self._setting.observe(seen.Committed(self.partition, len(records), outputs, _now() - began))

    async def _commit(self, held: Held[StateT], batch: Batch[OverlayT], records: Sequence[Record]) -> None:
        next_input = Offset(records[-1].offset + 1)
        writing = held.writer.write(batch.outputs, batch.updates, held.position, next_input)
        try:
            held.position = await within(self._setting.limits.transaction_seconds, "the commit", writing)
        except OutputRefusedError as error:
            self._deciding.refused(records, error)
            raise
        self._deciding.committed(records)
        self._failures, self._last_code = 0, ""
        self._enter(Ready(next_input))

    async def _check_holes(self, held: Held[StateT], records: Sequence[Record]) -> None:
        """Holes are markers of transactions, unless the log's beginning has passed them: then records are gone."""
        expected = held.position.next_input
        if records[-1].offset - expected + 1 == len(records):
            return
        topic = self._setting.spec.input_topic
        (ends,) = await within(
            self._setting.limits.acquire_seconds, "the input's start", self._setting.log.ends((topic,), self.partition)
        )
        if ends.start > expected:
            await still_ours(self._setting, held.writer.producer)
            reason = f"expected to go on here, but the log now begins at {ends.start}: records were removed undecided"
            raise LogIdentityError(self.partition, expected, reason, topic)

    # ---- failing ----------------------------------------------------------------------------------------------

    def _halt(self, error: HaltedError) -> None:
        topic = error.topic or self._setting.spec.input_topic
        offset = Offset(error.offset)
        self._enter(Halted(topic, offset, error.reason))
        self._setting.observe(seen.LeaseHalted(self.partition, topic, offset, error.code, error.reason))

    async def _back_off(self, error: Exception) -> None:
        self._failures += 1
        fenced = isinstance(error, FencedError)
        seconds = wait_seconds(self._failures, self._setting.limits, self._setting.spread(), fenced=fenced)
        code, said = self._known(error)
        self._enter(Waiting(code))
        if code != self._last_code:
            self._last_code = code
            self._setting.observe(seen.LeaseLost(self.partition, code, said, seconds))
        if not isinstance(error, OutputRefusedError):
            await asyncio.sleep(seconds)

    def _known(self, error: Exception) -> tuple[str, str]:
        if isinstance(error, ExactlyOnceError):
            return error.code, str(error)
        return type(error).__name__, told(error, self._setting.application)

    # ---- telling ----------------------------------------------------------------------------------------------

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._progressed()

    def _progressed(self) -> None:
        self._progress_at = _now()

    def _lag(self) -> int | None:
        if self._input_end is None or not isinstance(self._phase, Ready):
            return None
        return max(0, self._input_end - self._phase.next_input)

    def _say_ready(self, loaded: Loaded[StateT], seconds: float) -> None:
        next_input = loaded.position.next_input
        if loaded.gone_from is not None:
            self._setting.observe(seen.InputGone(self.partition, loaded.gone_from, next_input))
        replayed = loaded.replayed or 0
        self._setting.observe(seen.LeaseReady(self.partition, next_input, loaded.restored, replayed, seconds))


def _now() -> float:
    return asyncio.get_running_loop().time()
