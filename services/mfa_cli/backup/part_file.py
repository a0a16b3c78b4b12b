"""The file of one partition: lines of JSON, gzipped, known by the hash of its bytes."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from mfa_cli.backup.errors import BadBackupError
from mfa_cli.backup.records import RecordsHash, line_of, record_in
from mfa_contracts.topics import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from exactly_once.records import Offset, Partition, Record

CHUNK: Final = 1_000
"""So many records at once: a few MiB at most."""

_CLOSED_TO_OTHERS: Final = 0o600
_LEVEL: Final = 6


class PartWriter:
    """Takes the records of one partition in their order."""

    def __init__(self, file: _Hashed, packed: gzip.GzipFile) -> None:
        self._file, self._packed = file, packed
        self.hash = RecordsHash()
        self.first: Offset | None = None
        self.last: Offset | None = None

    def write(self, records: Sequence[Record]) -> None:
        """Append them."""
        for record in records:
            self._packed.write(line_of(record))
            self.hash.add(record)
            self.first = record.offset if self.first is None else self.first
            self.last = record.offset

    @property
    def sha256(self) -> str:
        """Of the file's bytes, once it is closed."""
        return self._file.sha256.hexdigest()


def name_of(partition: int) -> str:
    """The file's name."""
    return f"{EVENTS}.{partition:05}.ndjson.gz"


@contextmanager
def writing(path: Path) -> Iterator[PartWriter]:
    """A new file, readable by its owner alone; on the disk at the end of the block."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _CLOSED_TO_OTHERS), "wb") as raw:
        file = _Hashed(raw)
        # Neither name nor time: the same events are the same bytes.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=file, mtime=0) as packed:
            yield PartWriter(file, packed)
        raw.flush()
        os.fsync(raw.fileno())


def reading(path: Path, partition: Partition) -> Iterator[Sequence[Record]]:
    """The records of a file, ``CHUNK`` at once.

    Raises:
        BadBackupError: a line is none of ours, or the file ends too soon.
    """
    some: list[Record] = []
    try:
        with gzip.open(path) as lines:
            for line in lines:
                some.append(record_in(line, partition))
                if len(some) == CHUNK:
                    yield some
                    some = []
    except (ValueError, TypeError, KeyError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        told = f"{path.name}: expected the lines that `mfa backup` writes, got {type(error).__name__}"
        raise BadBackupError(f"{told}. Take another copy of this backup.") from error
    if some:
        yield some


class _Hashed:
    """A file that hashes what goes into it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.sha256 = hashlib.sha256()

    def write(self, octets: bytes) -> int:
        self.sha256.update(octets)
        return self._raw.write(octets)

    def flush(self) -> None:
        self._raw.flush()
