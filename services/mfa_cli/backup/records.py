"""A record as a line of JSON, and the hash of many."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Final

from exactly_once.records import CREATE_TIME, Offset, Partition, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTHING: Final = b"\xff" * 8
"""Where there is no key or value; no length of one can be so great."""


class RecordsHash:
    """SHA-256 over records in their order: time, key, value, headers. Offsets are left out: they are the cluster's."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.records = 0

    def add(self, record: Record) -> None:
        """Take in the next record."""
        self.records += 1
        for part in _parts(record):
            self._sha256.update(_NOTHING if part is None else len(part).to_bytes(8, "big") + part)

    def hexdigest(self) -> str:
        """Of all records so far."""
        return self._sha256.hexdigest()


def line_of(record: Record) -> bytes:
    """One line: names and numbers as they are, bytes in base64."""
    fields = {
        "offset": record.offset,
        "timestamp_ms": record.timestamp_ms,
        "key": _text(record.key),
        "value": _text(record.value),
        "headers": [[name, _text(content)] for name, content in record.headers],
    }
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def record_in(line: bytes, partition: Partition) -> Record:
    """Read what ``line_of`` wrote.

    Raises:
        ValueError, TypeError, KeyError: it is no such line.
    """
    fields = json.loads(line)
    headers = tuple((str(name), _octets(content) or b"") for name, content in fields["headers"])
    return Record(
        partition,
        Offset(int(fields["offset"])),
        int(fields["timestamp_ms"]),
        CREATE_TIME,
        _octets(fields["key"]),
        _octets(fields["value"]),
        headers,
    )


def _parts(record: Record) -> Iterator[bytes | None]:
    yield str(record.timestamp_ms).encode()
    yield record.key
    yield record.value
    yield str(len(record.headers)).encode()
    for name, content in record.headers:
        yield name.encode()
        yield content


def _text(octets: bytes | None) -> str | None:
    return None if octets is None else base64.b64encode(octets).decode()


def _octets(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)
