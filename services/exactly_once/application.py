"""What a user of this package writes: how to decide, and how its state is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from exactly_once.records import Offset, Output, Partition, Record

StateT = TypeVar("StateT")
OverlayT = TypeVar("OverlayT")


@dataclass(frozen=True, slots=True)
class Spec:
    """The names that an application works with.

    ``main_topic`` is the output log that the state is a fold of; ``output_topics`` are the
    others it may write to. ``state_format`` is raised when the shape of a state record changes:
    the state is then rebuilt from the main log. The transactional id is ``{name}.{partition}``.
    """

    name: str
    group: str
    input_topic: str
    main_topic: str
    state_topic: str
    output_topics: tuple[str, ...] = ()
    state_format: int = 1

    @property
    def topics(self) -> tuple[str, ...]:
        """All topics, the input first."""
        return (self.input_topic, self.main_topic, self.state_topic, *self.output_topics)


@dataclass(frozen=True, slots=True)
class Batch(Generic[OverlayT]):
    """What a run of records leads to; nothing of it is in force before the commit.

    ``updates`` go to the state topic (``None`` deletes the key), ``overlay`` is handed to
    ``merge`` after the commit.
    """

    overlay: OverlayT
    outputs: Sequence[Output] = ()
    updates: Mapping[bytes, bytes | None] = field(default_factory=dict)


class Application(Protocol[StateT, OverlayT]):
    """Decides records of one partition at a time on that partition's state.

    Only ``restore``, ``replay`` and ``merge`` may change a state; ``decide`` and ``poison`` must not.
    Any method may raise ``HaltedError``: the partition stops there.
    """

    def empty(self, partition: Partition) -> StateT:
        """Give the state of a partition before its first record."""
        ...

    def restore(self, state: StateT, key: bytes, value: bytes | None) -> None:
        """Take in one record of the state topic (written from ``Batch.updates`` or ``snapshot``)."""
        ...

    def replay(self, state: StateT, record: Record) -> Offset | None:
        """Fold one record of the main log into the state.

        Returns:
            The offset of the input record that it was decided from, ``None`` if it came from elsewhere.
        """
        ...

    def snapshot(self, state: StateT) -> Iterable[tuple[bytes, bytes]]:
        """Give all state records; written back to the state topic after a replay."""
        ...

    async def decide(self, state: StateT, records: Sequence[Record]) -> Batch[OverlayT]:
        """Decide records in order, each on the state left by the one before it (kept on the overlay).

        Long work should yield to the loop (``await asyncio.sleep(0)``) every 10 ms or so: heartbeats
        share it. Any exception but ``HaltedError`` is taken as the fault of one of the records.
        """
        ...

    async def poison(self, state: StateT, record: Record, error: Exception) -> Batch[OverlayT]:
        """Answer a record that has failed twice, the second time alone (dead letter, outcome)."""
        ...

    def merge(self, state: StateT, overlay: OverlayT) -> None:
        """Take a committed overlay into the state."""
        ...
