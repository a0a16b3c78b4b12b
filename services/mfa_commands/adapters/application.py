"""The command service as an application of ``exactly_once``: what it remembers of a partition, and how it decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

from exactly_once import position as positions
from exactly_once.application import Batch, Spec
from exactly_once.errors import HaltedError
from exactly_once.records import Offset
from mfa_commands.domain.errors import DomainError
from mfa_commands.domain.evolve import evolve
from mfa_commands.domain.packed import FORMAT, pack, unpack
from mfa_commands.domain.state import INITIAL
from mfa_commands.handling import handle, poisoned
from mfa_contracts import topics
from mfa_contracts.codec import decode_event
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.ids import CommandId, event_id, record_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from exactly_once.records import Partition, Record
    from mfa_commands.domain.state import UserMfa
    from mfa_commands.handling import Tools
    from mfa_contracts.events import Event

NAME: Final = "mfa-commands"
"""Begins the transactional ids: one for each partition of ``mfa.events``."""

Packed = dict[bytes, bytes]
"""Packed states by record key: a million users are bytes, not objects."""


@dataclass(frozen=True, slots=True)
class Users:
    """The users of one partition."""

    partition: Partition
    packed: Packed = field(default_factory=dict)

    def recall(self, key: bytes) -> UserMfa:
        """The state of a user; a newcomer's when nothing is known.

        Raises:
            HaltedError: what is kept of the user cannot be read.
        """
        packed = self.packed.get(key)
        try:
            return INITIAL if packed is None else unpack(packed)
        except DomainError as error:
            reason = f"unreadable state of a user: {error}; delete the record {positions.KEY.decode()} to rebuild all"
            raise HaltedError(self.partition, -1, reason, topics.STATE) from None


def spec(group: str) -> Spec:
    """The names that the service works with.

    Whatever its group, every worker has the same transactional ids: two groups would both decide all commands if
    neither fenced the other.
    """
    return Spec(
        name=NAME,
        group=group,
        input_topic=topics.COMMANDS,
        main_topic=topics.EVENTS,
        state_topic=topics.STATE,
        output_topics=(topics.OUTCOMES, topics.DEADLETTERS),
        state_format=FORMAT,
    )


@dataclass(frozen=True, slots=True)
class CommandApplication:
    """Decides commands with ``tools``; ``repeated`` is told of each event that stands twice in the log."""

    tools: Tools
    repeated: Callable[[Record], None]

    def empty(self, partition: Partition) -> Users:
        """Nobody yet."""
        return Users(partition)

    def restore(self, state: Users, key: bytes, value: bytes | None) -> None:
        """Take in one record of ``mfa.state``."""
        # Of an older format, too: after a rebuild such a record may still precede its successor.
        if value is None:
            state.packed.pop(key, None)
        else:
            state.packed[key] = value

    def replay(self, state: Users, record: Record) -> Offset | None:
        """Fold one record of ``mfa.events``; the command's offset comes back.

        Raises:
            HaltedError: unreadable, of another user or partition, or not the next of its user.
        """
        event = _readable(record)
        key = _own_key(record, event)
        before = state.recall(key)
        if event.sequence == before.sequence + 1:
            state.packed[key] = pack(evolve(before, event))
        elif _stands_already(before, event):
            self.repeated(record)
        else:
            told = f"expected sequence {before.sequence + 1} of its user, got {event.sequence}; see `mfa verify`"
            raise _halted(record, told)
        return Offset(event.data.source.offset)

    def snapshot(self, state: Users) -> Iterable[tuple[bytes, bytes]]:
        """All states."""
        return state.packed.items()

    async def decide(self, state: Users, records: Sequence[Record]) -> Batch[Mapping[bytes, bytes]]:
        """Decide a batch; ``state`` stays as it is."""
        handled = await handle(records, state.recall, self.tools)
        updates = {key: pack(user) for key, user in handled.states.items()}
        return Batch(overlay=updates, outputs=handled.outputs, updates=updates)

    async def poison(self, state: Users, record: Record, error: Exception) -> Batch[Mapping[bytes, bytes]]:  # noqa: ARG002 - the error is logged by whoever observed it
        """Answer a record that the service itself failed on."""
        return Batch(overlay={}, outputs=poisoned(record, self.tools.now()))

    def merge(self, state: Users, overlay: Mapping[bytes, bytes]) -> None:
        """Take a committed batch into the state."""
        state.packed.update(overlay)


def _readable(record: Record) -> Event:
    try:
        return decode_event(record.value or b"")
    except UnreadableMessageError as error:
        raise _halted(record, f"unreadable event: {error}; run the version of the service that knows it") from None


def _own_key(record: Record, event: Event) -> bytes:
    key = record_key(event.tenantid, event.subject)
    if record.key != key or event.data.source.partition != record.partition:
        raise _halted(record, "expected an event under its user's key, decided from this partition")
    return key


def _stands_already(before: UserMfa, event: Event) -> bool:
    # Kafka's older transaction protocol can, rarely, let a retried append stand twice: the same fact is no break.
    return any(
        event.id == event_id(CommandId(UUID(bytes=known.id)), event.sequence - known.sequence + known.events - 1)
        for known in before.window
        if known.sequence - known.events < event.sequence <= known.sequence
    )


def _halted(record: Record, reason: str) -> HaltedError:
    return HaltedError(record.partition, record.offset, reason, topics.EVENTS)
