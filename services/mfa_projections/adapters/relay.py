"""The audit relay as an application of ``exactly_once``: of each event in ``mfa.events`` a record in ``mfa.audit``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from exactly_once import Batch, HaltedError, Offset, Output, Partition, Spec
from mfa_contracts import topics
from mfa_contracts.codec import decode_audit, decode_event, encode
from mfa_contracts.envelope import CONTENT_TYPE, CONTENT_TYPE_HEADER
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.ids import record_key
from mfa_projections.sequence import Follows, judge
from mfa_projections.streams import recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from uuid import UUID

    from exactly_once import Record
    from mfa_contracts.events import Event

STATE_FORMAT: Final = 1
_HEADERS: Final = ((CONTENT_TYPE_HEADER, CONTENT_TYPE),)
_KEPT: Final = 8
_ID_BYTES: Final = 8
_SLICE: Final = 100


class Told(NamedTuple):
    """What was told of a user: the last event's number, and the beginnings of the last few events' ids."""

    sequence: int = 0
    ids: bytes = b""


_DECODER: Final = msgspec.msgpack.Decoder(Told)


@dataclass(frozen=True, slots=True)
class Users:
    """The users of one partition."""

    partition: Partition
    told: dict[bytes, Told]


def spec(
    group: str, events: str = topics.EVENTS, audit: str = topics.AUDIT, audit_state: str = topics.AUDIT_STATE
) -> Spec:
    """The names that the relay works with.

    Its transactional ids come from ``audit`` alone: whatever group a relay works in, it fences every other one that
    writes the same partition.
    """
    return Spec(
        f"mfa-relay.{audit}", group, events, main_topic=audit, state_topic=audit_state, state_format=STATE_FORMAT
    )


class AuditRelay:
    """Tells of each event once. ``repeated`` is told of each event that stands twice in the log.

    Args:
        names: the topics, as ``spec`` gives them.
        repeated: takes the record that was dropped.
    """

    def __init__(self, names: Spec, repeated: Callable[[Record], None]) -> None:
        self._names = names
        self._repeated = repeated

    def empty(self, partition: Partition) -> Users:
        """Nobody yet."""
        return Users(partition, {})

    def restore(self, state: Users, key: bytes, value: bytes | None) -> None:
        """Take in one record of ``mfa.audit.state``."""
        if value is None:
            state.told.pop(key, None)
            return
        try:
            state.told[key] = _DECODER.decode(value)
        except msgspec.MsgspecError as error:
            reason = "expected a state of this format after a position of it; delete the position to rebuild"
            raise HaltedError(state.partition, -1, reason, self._names.state_topic) from error

    def replay(self, state: Users, record: Record) -> Offset:
        """Take in one record of ``mfa.audit``; the event's offset comes back."""
        try:
            message = decode_audit(record.value or b"")
        except UnreadableMessageError as error:
            reason = f"unreadable audit record: {error}; run the version of the service that knows it"
            raise HaltedError(record.partition, record.offset, reason, self._names.main_topic) from None
        key, event_id = record_key(message.tenantid, message.subject), message.data.recorded_from.event_id
        before = state.told.get(key, Told())
        if _follows(before, message.sequence, event_id) is Follows.BROKEN:
            reason = f"expected number {before.sequence + 1} of its user, got {message.sequence}; see `mfa verify`"
            raise HaltedError(record.partition, record.offset, reason, self._names.main_topic)
        if message.sequence > before.sequence:
            state.told[key] = _after(before, event_id)
        return Offset(message.data.recorded_from.offset)

    def snapshot(self, state: Users) -> Iterable[tuple[bytes, bytes]]:
        """All that was told."""
        return ((key, _packed(told)) for key, told in state.told.items())

    async def decide(self, state: Users, records: Sequence[Record]) -> Batch[Mapping[bytes, Told]]:
        """Tell of events; ``state`` stays as it is.

        Raises:
            HaltedError: one event alone cannot be told of. Among others it is an ``_UnsoundError``: the lease then
                looks closer, so that those before it are told of first.
        """
        try:
            return await self._decided(state, records)
        except _UnsoundError as error:
            if len(records) == 1:
                raise HaltedError(error.record.partition, error.record.offset, str(error)) from None
            raise

    async def poison(self, state: Users, record: Record, error: Exception) -> Batch[Mapping[bytes, Told]]:  # noqa: ARG002 - nothing can be told of it
        """Halt: an event is never passed over."""
        raise HaltedError(
            record.partition, record.offset, f"expected to tell of this event, got {type(error).__name__}"
        )

    def merge(self, state: Users, overlay: Mapping[bytes, Told]) -> None:
        """Take what was committed into the state."""
        state.told.update(overlay)

    async def _decided(self, state: Users, records: Sequence[Record]) -> Batch[Mapping[bytes, Told]]:
        overlay: dict[bytes, Told] = {}
        outputs: list[Output] = []
        for number, record in enumerate(records):
            if number % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
            key, event = _readable(record)
            before = overlay.get(key) or state.told.get(key, Told())
            follows = _follows(before, event.sequence, event.id)
            if follows is Follows.BROKEN:
                told = f"expected number {before.sequence + 1} of its user, got {event.sequence}; see `mfa verify`"
                raise _UnsoundError(record, told)
            if follows is Follows.AGAIN:
                self._repeated(record)
                continue
            overlay[key] = _after(before, event.id)
            message = recorded(event, record.partition, record.offset)
            outputs.append(Output(self._names.main_topic, key, encode(message), _HEADERS))
        return Batch(overlay, outputs, {key: _packed(told) for key, told in overlay.items()})


class _UnsoundError(ValueError):
    """An event that cannot be read, or does not follow the one before."""

    def __init__(self, record: Record, reason: str) -> None:
        super().__init__(reason)
        self.record = record


def _readable(record: Record) -> tuple[bytes, Event]:
    try:
        event = decode_event(record.value or b"")
    except UnreadableMessageError as error:
        raise _UnsoundError(record, f"unreadable: {error}; run the version of the service that knows it") from None
    key = record_key(event.tenantid, event.subject)
    if record.key != key:
        raise _UnsoundError(record, "expected the key of the user that it tells of")
    return key, event


def _follows(before: Told, sequence: int, event_id: UUID) -> Follows:
    same = _beginning(before, sequence) == event_id.bytes[:_ID_BYTES]
    return judge(before.sequence, sequence, event_id, event_id if same else None)


def _beginning(before: Told, sequence: int) -> bytes | None:
    """The beginning of the id that was told of under this number, None if that is too long ago or not told yet."""
    start = len(before.ids) - (before.sequence - sequence + 1) * _ID_BYTES
    return before.ids[start : start + _ID_BYTES] if 0 <= start < len(before.ids) else None


def _after(before: Told, event_id: UUID) -> Told:
    return Told(before.sequence + 1, (before.ids + event_id.bytes[:_ID_BYTES])[-_KEPT * _ID_BYTES :])


def _packed(told: Told) -> bytes:
    return msgspec.msgpack.encode(told)
