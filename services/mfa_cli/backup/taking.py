"""``mfa backup``: all committed records of ``mfa.events``, partition by partition. Workers may run meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from exactly_once.adapters.connection import Connection as Broker
from exactly_once.records import Partition
from mfa_cli.backup.directory import half_made, write_manifest
from mfa_cli.backup.errors import CutLogError
from mfa_cli.backup.manifest import Manifest, Part
from mfa_cli.backup.part_file import name_of, writing
from mfa_cli.backup.reach import opened
from mfa_contracts.topics import COMMANDS, EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from exactly_once.adapters.aiokafka_log import AiokafkaLog
    from mfa_cli.verify.log import LogReader, Span

_TOPICS: Final = (EVENTS, COMMANDS)


def take(bootstrap: str, directory: Path, *, on_read: Callable[[int], None] = lambda _records: None) -> Manifest:
    """Write the events of a cluster into a new directory; nothing has its name before all is on the disk.

    Args:
        bootstrap: ``host:port`` of the brokers, several with commas.
        directory: empty, or not there.
        on_read: told how many more records were read.

    Raises:
        DirectoryTakenError: there is something in the directory.
        CutLogError: the log does not begin at offset 0.
        StuckLogError: a transaction does not end.
    """
    with half_made(directory) as place:
        manifest = asyncio.run(_taken(bootstrap, place, on_read))
        write_manifest(place, manifest)
    return manifest


async def _taken(bootstrap: str, place: Path, on_read: Callable[[int], None]) -> Manifest:
    async with opened(Broker(bootstrap), on_read) as (log, reader):
        identity = await log.identity(_TOPICS)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        parts = [await _part(log, reader, place, number) for number in range(identity.partitions)]
    return Manifest(now, identity.cluster, identity.topics, tuple(parts))


async def _part(log: AiokafkaLog, reader: LogReader, place: Path, number: int) -> Part:
    (span,) = await reader.spans([EVENTS], number)
    if span.start > 0:
        raise CutLogError(
            f"{EVENTS}[{number}]: expected all events from offset 0, the log begins at {span.start}. "
            "Its beginning is gone; an older backup may have it."
        )
    # After the events' end: every command that they name stands below it.
    (commands,) = await log.ends((COMMANDS,), Partition(number))
    return await _written(reader, span, place, commands.high)


async def _written(reader: LogReader, span: Span, place: Path, commands_end: int) -> Part:
    name = name_of(span.partition)
    with writing(place / name) as file:
        async for records in reader.read(span):
            file.write(records)
    hashes = (file.sha256, file.hash.hexdigest())
    return Part(span.partition, name, file.hash.records, file.first, file.last, *hashes, commands_end)
