"""Records that are left out of a restore: who wrote them was not the command service, and nobody else may."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from exactly_once.records import Partition
from mfa_cli.backup.errors import NoSuchEventError
from mfa_cli.backup.part_file import reading
from mfa_cli.backup.records import RecordsHash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from exactly_once.records import Record
    from mfa_cli.backup.manifest import Part

_PLACE: Final = re.compile(r"([0-9]{1,9})@([0-9]{1,18})", re.ASCII)


class Place(NamedTuple):
    """A record in the cluster that the backup was taken from."""

    partition: int
    offset: int


def place_in(text: str) -> Place:
    """Read ``PARTITION@OFFSET``.

    Raises:
        NoSuchEventError: it is no place.
    """
    found = _PLACE.fullmatch(text)
    if found is None:
        raise NoSuchEventError(f"expected PARTITION@OFFSET, for instance 3@1207, got {text!r}.")
    return Place(int(found[1]), int(found[2]))


def sound(directory: Path, part: Part, without: Collection[Place]) -> Iterator[Sequence[Record]]:
    """The records of a part but those that are left out."""
    for records in reading(directory / part.file, Partition(part.partition)):
        kept = [record for record in records if Place(record.partition, record.offset) not in without]
        if kept:
            yield kept


def parts_without(directory: Path, parts: Sequence[Part], without: Collection[Place]) -> Sequence[Part]:
    """The parts as they will stand in the new cluster.

    Raises:
        NoSuchEventError: the backup does not have one of them.
    """
    left = [_without(directory, part, without) for part in parts]
    missing = sum(part.records for part in parts) - len(set(without)) - sum(part.records for part in left)
    if missing:
        named = ", ".join(f"{place.partition}@{place.offset}" for place in sorted(set(without)))
        raise NoSuchEventError(
            f"expected events at {named}, {-missing} of them are not in the backup. Offsets are those of the cluster "
            "that it was taken from."
        )
    return left


def _without(directory: Path, part: Part, without: Collection[Place]) -> Part:
    if part.partition not in {place.partition for place in without}:
        return part
    kept = RecordsHash()
    for records in sound(directory, part, without):
        for record in records:
            kept.add(record)
    return replace(part, records=kept.records, records_sha256=kept.hexdigest())
