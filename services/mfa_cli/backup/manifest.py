"""What a backup holds, and by which hashes its files are known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from mfa_cli.backup.errors import BadBackupError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = 1
"""Raised when the files change their shape."""

MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"


@dataclass(frozen=True, slots=True)
class Part:
    """One partition of ``mfa.events``.

    ``first`` and ``last`` are offsets in the cluster that it was taken from, ``None`` without records. ``sha256`` is
    of the file, ``records_sha256`` of what the records hold (see ``records.RecordsHash``), wherever they stand.
    ``commands_end`` is where the partition of ``mfa.commands`` ended once these events stood.
    """

    partition: int
    file: str
    records: int
    first: int | None
    last: int | None
    sha256: str
    records_sha256: str
    commands_end: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """``cluster`` and ``topics`` (name to id) say where it was taken from; ``taken_at`` is ISO 8601, UTC."""

    taken_at: str
    cluster: str
    topics: Mapping[str, str]
    parts: tuple[Part, ...]
    format: int = FORMAT


def to_json(manifest: Manifest) -> bytes:
    """As in ``manifest.json``."""
    return json.dumps(asdict(manifest), indent=1).encode() + b"\n"


def seal_of(manifest: bytes) -> bytes:
    """As in ``manifest.sha256``, which ``sha256sum --check`` reads."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()


def from_json(text: bytes) -> Manifest:
    """Read what ``to_json`` wrote.

    Raises:
        BadBackupError: another format, or no manifest at all.
    """
    try:
        plain = json.loads(text)
        _check_format(plain["format"])
        parts = tuple(Part(**part) for part in plain.pop("parts"))
        return Manifest(**plain, parts=parts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        told = f"{MANIFEST}: expected what `mfa backup` writes, got {type(error).__name__}. Take another copy of it."
        raise BadBackupError(told) from error


def _check_format(found: object) -> None:
    if found != FORMAT:
        raise BadBackupError(
            f"{MANIFEST}: expected a backup of format {FORMAT}, got {found}. Use the version of `mfa` that took it."
        )
