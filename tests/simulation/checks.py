"""What must hold when the trouble is over; each problem begins with a word for its kind."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from exactly_once import Partition, Record
from exactly_once import position as positions
from exactly_once.status import Ready
from simulation.pondering import BAD, TOO_LARGE
from support.copying import Copying, Counts, read_copy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from exactly_once.status import PartitionStatus
    from simulation.scene import Scene


def problems_of(scene: Scene) -> list[str]:
    """Look at all partitions and workers."""
    partitions = [Partition(p) for p in range(scene.weather.partitions)]
    found = [
        f"{kind} {partition}: {told}" for partition in partitions for kind, told in _Partition(scene, partition).all()
    ]
    return found or _unheld(scene)


def _unheld(scene: Scene) -> list[str]:
    """Each partition has one ready lease, in a worker that the group has given it to."""
    held = Counter(
        p for worker in scene.workers if worker.process.runs for p in _ready(worker.leases.status().partitions)
    )
    expected = Counter(range(scene.weather.partitions))
    return [] if held == expected else [f"held: expected each partition once, got {dict(held)}"]


def _ready(partitions: Mapping[Partition, PartitionStatus]) -> list[Partition]:
    return [partition for partition, status in partitions.items() if isinstance(status.phase, Ready)]


class _Partition:
    def __init__(self, scene: Scene, partition: Partition) -> None:
        spec = scene.spec
        self._scene = scene
        self._partition = partition
        self._inputs = self._read(spec.input_topic)
        self._main = self._read(spec.main_topic)
        self._dead = self._read(spec.output_topics[0])
        self._kept = self._read(spec.state_topic)

    def all(self) -> list[tuple[str, str]]:
        return [
            *self._decided(),
            *self._numbers(),
            *self._dead_letters(),
            *self._state(),
            *self._position(),
            *self._open(),
        ]

    def _decided(self) -> list[tuple[str, str]]:
        copies = [read_copy(record) for record in self._main]
        came = [(copy.source, copy.key, copy.value.encode()) for copy in copies]
        due = [(r.offset, r.key, r.value) for r in self._inputs if r.value not in (BAD, TOO_LARGE)]
        return _differences(due, came)

    def _numbers(self) -> list[tuple[str, str]]:
        numbers: dict[bytes, list[int]] = {}
        for record in self._main:
            copy = read_copy(record)
            numbers.setdefault(copy.key, []).append(copy.number)
        wrong = {key: ns for key, ns in numbers.items() if ns != list(range(1, len(ns) + 1))}
        return [("numbers", f"expected 1, 2, 3 … for each key, got {wrong}")] if wrong else []

    def _dead_letters(self) -> list[tuple[str, str]]:
        due = [r.offset for r in self._inputs if r.value in (BAD, TOO_LARGE)]
        return _differences(due, [json.loads(r.value or b"")["offset"] for r in self._dead])

    def _state(self) -> list[tuple[str, str]]:
        application = Copying(self._scene.spec)
        kept, folded = Counts(), Counts()
        for record in self._kept:
            if record.key != positions.KEY:
                application.restore(kept, record.key or b"", record.value)
        for record in self._main:
            application.replay(folded, record)
        return [] if kept == folded else [("state", f"expected the fold of the log {folded}, got {kept}")]

    def _position(self) -> list[tuple[str, str]]:
        kept = [r.value for r in self._kept if r.key == positions.KEY]
        found = positions.decode(kept[-1]) if kept and kept[-1] else None
        # A marker is no record: only the last record that could be decided counts.
        due = (self._inputs[-1].offset + 1 if self._inputs else 0, self._main[-1].offset if self._main else -1)
        came = (found.next_input, found.last_output) if found is not None else None
        return [] if came == due else [("position", f"expected {due}, got {came}")]

    def _open(self) -> list[tuple[str, str]]:
        logs = {topic: self._scene.cluster.log(topic, self._partition).ends() for topic in self._scene.spec.topics}
        return [("open", f"{topic}: {ends}") for topic, ends in logs.items() if ends.stable != ends.high]

    def _read(self, topic: str) -> list[Record]:
        log = self._scene.cluster.log(topic, self._partition)
        return log.committed(log.start, log.high)


def _differences(due: Sequence[object], came: Sequence[object]) -> list[tuple[str, str]]:
    """What is missing, what is too much, or that the order is another."""
    lost, extra = Counter(due) - Counter(came), Counter(came) - Counter(due)
    found = [("lost", str(list(lost)))] if lost else []
    found += [("twice", str(list(extra)))] if extra else []
    return found or ([] if list(due) == list(came) else [("order", f"expected {due}, got {came}")])
