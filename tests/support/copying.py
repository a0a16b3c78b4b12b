"""The smallest application worth testing: copies each record and numbers the copies of a key 1, 2, 3 …

A lost record, one decided twice or one decided on a stale state shows in the numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exactly_once import Batch, Offset, Output, Spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from exactly_once import Partition, Record

Counts = dict[bytes, int]


def copying_spec(prefix: str) -> Spec:
    """Names that begin with a test's own prefix."""
    return Spec(
        name=f"{prefix}copy",
        group=f"{prefix}copy",
        input_topic=f"{prefix}in",
        main_topic=f"{prefix}out",
        state_topic=f"{prefix}state",
        output_topics=(f"{prefix}dead",),
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """One record of the output, read back."""

    key: bytes
    number: int
    source: int
    value: str


def read_copy(record: Record) -> Copy:
    """Read a record of the output."""
    fields = json.loads(record.value or b"")
    return Copy(record.key or b"", fields["number"], fields["source"], fields["value"])


@dataclass
class Copying:
    """The state is how many copies each key has. ``bad`` values cannot be decided."""

    spec: Spec
    bad: frozenset[bytes] = frozenset()
    decided: list[Offset] = field(default_factory=list)

    def empty(self, partition: Partition) -> Counts:  # noqa: ARG002  # the protocol's
        return {}

    def restore(self, state: Counts, key: bytes, value: bytes | None) -> None:
        if value is None:
            state.pop(key, None)
        else:
            state[key] = int(value)

    def replay(self, state: Counts, record: Record) -> Offset | None:
        copy = read_copy(record)
        state[copy.key] = copy.number
        return Offset(copy.source)

    def snapshot(self, state: Counts) -> Iterable[tuple[bytes, bytes]]:
        return [(key, str(count).encode()) for key, count in state.items()]

    async def decide(self, state: Counts, records: Sequence[Record]) -> Batch[Counts]:
        overlay: Counts = {}
        outputs = [self._copy(state, overlay, record) for record in records]
        self.decided.extend(record.offset for record in records)
        return Batch(overlay, outputs, {key: str(count).encode() for key, count in overlay.items()})

    async def poison(self, state: Counts, record: Record, error: Exception) -> Batch[Counts]:  # noqa: ARG002  # as asked of it
        dead = {"offset": record.offset, "error": type(error).__name__}
        return Batch({}, [Output(self.spec.output_topics[0], record.key, json.dumps(dead).encode())])

    def merge(self, state: Counts, overlay: Counts) -> None:
        state.update(overlay)

    def _copy(self, state: Counts, overlay: Counts, record: Record) -> Output:
        if record.value in self.bad:
            raise ValueError("expected a value that can be copied")
        key = record.key or b""
        number = overlay.get(key, state.get(key, 0)) + 1
        overlay[key] = number
        fields = {"number": number, "source": record.offset, "value": (record.value or b"").decode()}
        return Output(self.spec.main_topic, key, json.dumps(fields).encode())
