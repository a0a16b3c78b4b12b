"""What a partition's state is when a lease begins: read from the state topic, or folded from the main log.

Read only after the fence, and after the last stable offset has reached the high watermark: whatever
the previous owner had under way has then ended, one way or the other, and nothing of it can follow.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic

from exactly_once import position as positions
from exactly_once.application import OverlayT, StateT
from exactly_once.bounded import AnswerT, within
from exactly_once.errors import HaltedError, LogIdentityError
from exactly_once.position import Position
from exactly_once.records import Offset

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from exactly_once.application import Application, Spec
    from exactly_once.position import LogIdentity
    from exactly_once.protocols import Ends, Log
    from exactly_once.records import Partition, Record


_NONE: Final = Offset(-1)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[StateT]):
    """A partition's state and where it stands; ``replayed`` is ``None`` unless it was folded from the main log.

    ``main_end`` is where the main log ends. ``gone_from`` is where the input should have gone on after a replay, if its
    log now begins later; else ``None``.
    """

    state: StateT
    position: Position
    restored: int
    main_end: Offset
    replayed: int | None = None
    gone_from: Offset | None = None


@dataclass(frozen=True, slots=True)
class Loader(Generic[StateT, OverlayT]):
    """Loads partitions of one application.

    ``patience`` bounds the wait for each answer of the broker, in seconds; ``progressed`` is called
    after each, since a big state takes longer than any one bound.
    """

    spec: Spec
    application: Application[StateT, OverlayT]
    log: Log
    patience: float
    progressed: Callable[[], None]

    async def load(self, partition: Partition) -> Loaded[StateT]:
        """Load a partition's state and position.

        Raises:
            LogIdentityError: the position belongs to other logs, or lies outside them.
            HaltedError: the main log holds what this service has not written, or cannot be folded.
            BrokerError: no answer in time.
        """
        spec = self.spec
        identity = await self._answer(self.log.identity(spec.topics))
        ends = await self._answer(self.log.ends((spec.input_topic, spec.main_topic, spec.state_topic), partition))
        commands, main, kept = ends
        state, found, restored = await self._restore(partition, kept)
        if found is None or found.state_format != spec.state_format:
            return await self._rebuild(partition, identity, commands, main)
        _check_identity(partition, spec, found, identity)
        _check_bounds(partition, spec, found, commands, main)
        await self._check_nothing_foreign(partition, found, main)
        position = Position(found.next_input, found.last_output, spec.state_format, identity)
        return Loaded(state, position, restored, main.high)

    async def state_keys(self, partition: Partition) -> frozenset[bytes]:
        """Give the keys that the state topic holds, the position's aside."""
        (kept,) = await self._answer(self.log.ends((self.spec.state_topic,), partition))
        keys: set[bytes] = set()

        def take(records: Sequence[Record]) -> None:
            keys.update(r.key for r in records if r.key is not None)

        await self._read(self.spec.state_topic, partition, kept.start, kept.stable, take)
        return frozenset(keys - {positions.KEY})

    async def _restore(self, partition: Partition, kept: Ends) -> tuple[StateT, Position | None, int]:
        state = self.application.empty(partition)
        position: bytes | None = None
        restored = 0

        def take(records: Sequence[Record]) -> None:
            nonlocal position, restored
            for record in records:
                if record.key == positions.KEY:
                    position = record.value
                elif record.key is not None:
                    self.application.restore(state, record.key, record.value)
            restored += len(records)

        await self._read(self.spec.state_topic, partition, kept.start, kept.stable, take)
        return state, self._decoded(partition, position), restored

    def _decoded(self, partition: Partition, value: bytes | None) -> Position | None:
        if value is None:
            return None
        try:
            return positions.decode(value)
        except (ValueError, KeyError, TypeError) as error:
            reason = f"expected a position under the key {positions.KEY.decode()}, got something unreadable ({error})"
            raise LogIdentityError(partition, -1, reason, self.spec.state_topic) from error

    async def _rebuild(self, partition: Partition, identity: LogIdentity, commands: Ends, main: Ends) -> Loaded[StateT]:
        if main.start > 0:
            reason = f"expected the whole log to fold, but it begins at {main.start}; restore it from a backup"
            raise HaltedError(partition, main.start, reason, self.spec.main_topic)
        folded = _Folded(self.application, self.application.empty(partition))
        await self._read(self.spec.main_topic, partition, main.start, main.stable, folded.take)
        after_source = Offset(folded.last_source + 1)
        next_input = max(after_source, commands.start)
        if next_input > commands.high:
            raise _beyond_the_end(partition, self.spec.input_topic, next_input, commands)
        position = Position(next_input, folded.last_output, self.spec.state_format, identity)
        gone_from = after_source if folded.replayed and next_input > after_source else None
        return Loaded(folded.state, position, 0, main.high, folded.replayed, gone_from)

    async def _check_nothing_foreign(self, partition: Partition, position: Position, main: Ends) -> None:
        def refuse(records: Sequence[Record]) -> None:
            reason = f"expected nothing after offset {position.last_output}: another program has written to this log"
            raise HaltedError(partition, records[0].offset, reason, self.spec.main_topic)

        after = Offset(position.last_output + 1)
        await self._read(self.spec.main_topic, partition, after, main.stable, refuse)

    async def _read(
        self, topic: str, partition: Partition, start: Offset, end: Offset, take: Callable[[Sequence[Record]], None]
    ) -> None:
        async with aclosing(self.log.read(topic, partition, start, end)) as reading:
            while (records := await self._answer(anext(reading, None))) is not None:
                if records:
                    take(records)

    async def _answer(self, answer: Awaitable[AnswerT]) -> AnswerT:
        answered = await within(self.patience, "the log's answer", answer)
        self.progressed()
        return answered


@dataclass(slots=True)
class _Folded(Generic[StateT, OverlayT]):
    """The main log, as far as it has been folded."""

    application: Application[StateT, OverlayT]
    state: StateT
    last_output: Offset = _NONE
    last_source: Offset = _NONE
    replayed: int = 0

    def take(self, records: Sequence[Record]) -> None:
        for record in records:
            source = self.application.replay(self.state, record)
            self.last_source = max(self.last_source, _NONE if source is None else source)
        self.last_output = records[-1].offset
        self.replayed += len(records)


def _check_identity(partition: Partition, spec: Spec, position: Position, found: LogIdentity) -> None:
    difference = position.log.differs_from(found)
    if difference:
        reason = f"the position was recorded for other logs ({difference}); use the right cluster or start anew"
        raise LogIdentityError(partition, position.next_input, reason, spec.input_topic)


def _check_bounds(partition: Partition, spec: Spec, position: Position, commands: Ends, main: Ends) -> None:
    if position.next_input > commands.high:
        raise _beyond_the_end(partition, spec.input_topic, position.next_input, commands)
    if position.next_input < commands.start:
        reason = f"expected to go on here, but the log now begins at {commands.start}: records were removed undecided"
        raise LogIdentityError(partition, position.next_input, reason, spec.input_topic)
    if position.last_output >= main.high:
        raise _beyond_the_end(partition, spec.main_topic, position.last_output, main)


def _beyond_the_end(partition: Partition, topic: str, offset: Offset, ends: Ends) -> LogIdentityError:
    reason = f"expected the log to reach this offset, but it ends at {ends.high}: it was cut or made anew"
    return LogIdentityError(partition, offset, reason, topic)
