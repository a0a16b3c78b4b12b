"""What is read and what is written, free of any client library's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NewType

if TYPE_CHECKING:
    from collections.abc import Iterable

Partition = NewType("Partition", int)
Offset = NewType("Offset", int)

CREATE_TIME = 0
LOG_APPEND_TIME = 1

RECORD_BYTES: Final = 200
"""What a record costs beside its bytes."""

HEADER_BYTES: Final = 150
"""What a header costs beside its bytes: a pair and two objects."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in a log.

    ``timestamp_ms`` is Unix time in milliseconds; ``timestamp_type`` says whose clock it was
    (``CREATE_TIME``: the producer's, ``LOG_APPEND_TIME``: the broker's).
    """

    partition: Partition
    offset: Offset
    timestamp_ms: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about: whoever sends many empty ones, or big headers, fills a queue too."""
        headers = sum(len(name) + len(content) + HEADER_BYTES for name, content in self.headers)
        return RECORD_BYTES + len(self.key or b"") + len(self.value or b"") + headers


@dataclass(frozen=True, slots=True)
class Output:
    """One record to append; the partition is always that of the input.

    ``timestamp_ms`` is Unix time in milliseconds; ``None``: the time of the append.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp_ms: int | None = None


def by_partition(records: Iterable[Record]) -> dict[Partition, list[Record]]:
    """Give the records of each partition, in the order that they came in."""
    sorted_out: dict[Partition, list[Record]] = {}
    for record in records:
        sorted_out.setdefault(record.partition, []).append(record)
    return sorted_out
