"""The directory of a backup: whole, or not there under its name."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_cli.backup.errors import BadBackupError, DirectoryTakenError
from mfa_cli.backup.manifest import MANIFEST, SEAL, from_json, seal_of, to_json
from mfa_cli.backup.part_file import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_cli.backup.manifest import Manifest, Part


@contextmanager
def half_made(directory: Path) -> Iterator[Path]:
    """A directory beside the one that is asked for, which gets its name at the end; removed when the block fails.

    Raises:
        DirectoryTakenError: there is something already.
    """
    _check_free(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", suffix=".half", dir=directory.parent))
    try:
        yield place
        _sync(place)
        # Only over an empty directory: whoever was quicker is not overwritten.
        place.rename(directory)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    _sync(directory.parent)


def write_manifest(place: Path, manifest: Manifest) -> None:
    """Write what the directory holds, and the seal on it."""
    text = to_json(manifest)
    for name, octets in ((MANIFEST, text), (SEAL, seal_of(text))):
        with (place / name).open("xb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())


def checked(directory: Path) -> Manifest:
    """Compare every file with its hash.

    Raises:
        BadBackupError: one is missing, or not what it was.
    """
    text = _read(directory / MANIFEST)
    if _read(directory / SEAL) != seal_of(text):
        raise BadBackupError(f"{MANIFEST}: expected the hash in {SEAL}, got another. Take another copy of this backup.")
    manifest = from_json(text)
    for number, part in enumerate(manifest.parts):
        if (part.partition, part.file) != (number, name_of(number)):
            raise BadBackupError(f"{MANIFEST}: expected {name_of(number)} of partition {number}, got {part.file}.")
        _check(directory / part.file, part)
    return manifest


def _check_free(directory: Path) -> None:
    if directory.is_dir() and not any(directory.iterdir()):
        return
    if directory.exists() or directory.is_symlink():
        raise DirectoryTakenError(
            f"{directory}: expected an empty directory, or none, got one that holds something, or no directory. "
            "Name another one."
        )


def _check(file: Path, part: Part) -> None:
    try:
        with file.open("rb") as octets:
            found = hashlib.file_digest(octets, "sha256").hexdigest()
    except FileNotFoundError:
        raise _missing(file) from None
    if found != part.sha256:
        told = f"{file.name}: expected SHA-256 {part.sha256}, got {found}"
        raise BadBackupError(f"{told}. Take another copy of this backup.")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise _missing(file) from None


def _missing(file: Path) -> BadBackupError:
    return BadBackupError(f"{file}: expected a file of a backup, found none. Is this the directory of a whole backup?")


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
