"""A model of Kafka in memory: logs, transactions with epochs, a group's offsets. Nothing waits, nothing is random.

What the leases rely on is here: a newer epoch ends and fences the older one's transaction, a marker takes an
offset, an open transaction holds the last stable offset back, a refused append does not stop the commit. The end of
a transaction is decided at once; its markers may follow later, and until then its owner's next request must wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING

from exactly_once.errors import BrokerError, FencedError, OutputRefusedError
from exactly_once.position import LogIdentity
from exactly_once.protocols import Ends
from exactly_once.records import CREATE_TIME, Offset, Partition, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exactly_once.records import Output

Place = tuple[str, Partition]


class Fate(Enum):
    """What becomes of a transaction."""

    OPEN = auto()
    COMMITTED = auto()
    ABORTED = auto()


class ConcurrentTransactionsError(BrokerError):
    """The transaction before is still ending; a client asks again a little later, by itself."""


@dataclass(eq=False)
class Part:
    """What a transaction has in one partition; open until the marker is there."""

    fate: Fate = Fate.OPEN


@dataclass(eq=False)
class Transaction:
    """One transaction: where it has appended, and the groups' offsets that it carries."""

    places: dict[Place, Part] = field(default_factory=dict)
    offsets: dict[tuple[str, Place], Offset] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One offset of a log; a marker has no record."""

    offset: Offset
    record: Record | None
    part: Part | None

    @property
    def is_open(self) -> bool:
        return self.part is not None and self.part.fate is Fate.OPEN

    @property
    def is_aborted(self) -> bool:
        return self.part is not None and self.part.fate is Fate.ABORTED


class PartitionLog:
    """One partition of one topic."""

    def __init__(self, partition: Partition) -> None:
        self.partition = partition
        self.start = Offset(0)
        self.high = Offset(0)
        self.entries: list[Entry] = []

    def append(self, outputs: Sequence[Output], part: Part | None, now_ms: int) -> Offset:
        """Append records; give the last one's offset."""
        for output in outputs:
            at = (self.partition, self.high, now_ms, CREATE_TIME)
            self._add(Record(*at, output.key, output.value, output.headers), part)
        return Offset(self.high - 1)

    def mark(self) -> None:
        """Write the marker of a transaction's end."""
        self._add(None, None)

    def ends(self) -> Ends:
        """Give start, last stable offset and high watermark."""
        first_open = next((e.offset for e in self.entries if e.is_open), self.high)
        return Ends(self.start, first_open, self.high)

    def committed(self, start: Offset, end: Offset) -> list[Record]:
        """Read as under read_committed: nothing at or after the last stable offset, nothing aborted, no marker."""
        end = min(end, self.ends().stable)
        readable = (e for e in self.entries if start <= e.offset < end and not e.is_aborted)
        return [e.record for e in readable if e.record is not None]

    def cut(self, start: Offset) -> None:
        """Remove what lies before an offset, as retention does."""
        self.start = max(self.start, start)
        self.entries = [e for e in self.entries if e.offset >= self.start]

    def compact(self) -> None:
        """Keep the last committed record of each key, markers, and all from the last stable offset on."""
        stable = self.ends().stable
        last = {r.key: r.offset for r in self.committed(self.start, stable)}
        kept = (e for e in self.entries if e.offset >= stable or e.record is None or last.get(e.record.key) == e.offset)
        self.entries = list(kept)

    def _add(self, record: Record | None, part: Part | None) -> None:
        self.entries.append(Entry(self.high, record, part))
        self.high = Offset(self.high + 1)


@dataclass
class _Owner:
    epoch: int = -1
    transaction: Transaction | None = None
    markers_missing: int = 0


def _at_once(do: Callable[[], None]) -> None:
    do()


def _unheard(transactional_id: str, transaction: Transaction) -> None:
    """Nobody keeps the time of transactions."""


class Cluster:
    """Topics with the same number of partitions each.

    ``now_ms`` is the brokers' clock, ``write_marker`` does each part of a transaction's end, now or later, and
    ``on_open`` is told of each transaction that begins; all are set by whoever runs it.
    """

    def __init__(self, topics: Sequence[str], partitions: int = 1, max_record_bytes: int = 1_000_000) -> None:
        self.cluster_id = "model"
        self.partitions = partitions
        self.now_ms = 0
        self.write_marker: Callable[[Callable[[], None]], None] = _at_once
        self.on_open: Callable[[str, Transaction], None] = _unheard
        self.topic_ids = {topic: f"{topic}-1" for topic in topics}
        self.group_offsets: dict[tuple[str, Place], Offset] = {}
        self.transactional_ids: dict[str, _Owner] = {}
        self._max_record_bytes = max_record_bytes
        self._logs = {(t, Partition(p)): PartitionLog(Partition(p)) for t in topics for p in range(partitions)}

    def log(self, topic: str, partition: int) -> PartitionLog:
        """Give one partition's log."""
        place = (topic, Partition(partition))
        if place not in self._logs:
            raise BrokerError(f"expected one of {sorted(self.topic_ids)}, got {topic} {partition}")
        return self._logs[place]

    def identity(self, topics: Sequence[str]) -> LogIdentity:
        """Say which cluster and topics these are."""
        if missing := set(topics) - self.topic_ids.keys():
            raise BrokerError(f"expected topics {sorted(missing)}, got none of them")
        return LogIdentity(self.cluster_id, self.partitions, {topic: self.topic_ids[topic] for topic in topics})

    def write(self, topic: str, partition: int, outputs: Sequence[Output]) -> Offset:
        """Append outside any transaction, as a client does."""
        return self.log(topic, partition).append(outputs, None, self.now_ms)

    def make_anew(self, topic: str) -> None:
        """Delete a topic and make one of the same name."""
        self.topic_ids[topic] += "'"
        self._logs.update({(topic, Partition(p)): PartitionLog(Partition(p)) for p in range(self.partitions)})

    # ---- transactions -----------------------------------------------------------------------------------------

    def take(self, transactional_id: str) -> int:
        """InitProducerId: abort what is open under this id and fence its owner, give the next epoch.

        Raises:
            ConcurrentTransactionsError: the end of the former transaction is not written yet.
        """
        owner = self.transactional_ids.setdefault(transactional_id, _Owner())
        _must_have_ended(transactional_id, owner)
        if owner.transaction is not None:
            owner.epoch += 1
            self._end(owner, Fate.ABORTED)
            _must_have_ended(transactional_id, owner)
        owner.epoch += 1
        return owner.epoch

    def append(self, transactional_id: str, epoch: int, place: Place, outputs: Sequence[Output]) -> Offset:
        """Append within the transaction, which the first append opens."""
        transaction = self._transaction(transactional_id, epoch)
        log = self.log(*place)
        if any(len(o.key or b"") + len(o.value or b"") > self._max_record_bytes for o in outputs):
            raise OutputRefusedError(f"expected at most {self._max_record_bytes} bytes in a record")
        return log.append(outputs, transaction.places.setdefault(place, Part()), self.now_ms)

    def add_offset(self, transactional_id: str, epoch: int, group: str, place: Place, offset: Offset) -> None:
        """Let the transaction carry a group's offset."""
        self._transaction(transactional_id, epoch).offsets[group, place] = offset

    def end(self, transactional_id: str, epoch: int, fate: Fate) -> None:
        """EndTxn; without an open transaction it does nothing."""
        self._end(self._owner(transactional_id, epoch), fate)

    def expire(self, transactional_id: str, transaction: Transaction) -> None:
        """End a transaction that has been open for too long, and fence its owner."""
        owner = self.transactional_ids[transactional_id]
        if owner.transaction is transaction:
            owner.epoch += 1
            self._end(owner, Fate.ABORTED)

    def _transaction(self, transactional_id: str, epoch: int) -> Transaction:
        owner = self._owner(transactional_id, epoch)
        if owner.transaction is None:
            owner.transaction = Transaction()
            self.on_open(transactional_id, owner.transaction)
        return owner.transaction

    def _owner(self, transactional_id: str, epoch: int) -> _Owner:
        owner = self.transactional_ids.get(transactional_id, _Owner())
        if owner.epoch != epoch:
            raise FencedError(f"{transactional_id}: expected epoch {owner.epoch}, got {epoch}")
        _must_have_ended(transactional_id, owner)
        return owner

    def _end(self, owner: _Owner, fate: Fate) -> None:
        transaction, owner.transaction = owner.transaction, None
        if transaction is None:
            return
        parts = transaction.places
        markers = [partial(self._mark, place, parts[place], fate) for place in sorted(parts)]
        if fate is Fate.COMMITTED:
            markers.append(partial(self.group_offsets.update, transaction.offsets))
        owner.markers_missing = len(markers)
        for marker in markers:
            self.write_marker(partial(_mark_one, owner, marker))

    def _mark(self, place: Place, part: Part, fate: Fate) -> None:
        part.fate = fate
        self.log(*place).mark()


def _mark_one(owner: _Owner, marker: Callable[[], None]) -> None:
    marker()
    owner.markers_missing -= 1


def _must_have_ended(transactional_id: str, owner: _Owner) -> None:
    if owner.markers_missing:
        raise ConcurrentTransactionsError(f"{transactional_id}: {owner.markers_missing} markers are still missing")
