"""``mfa restore``: the events of a backup into a new cluster, and the way made free for workers only once all stand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactly_once.adapters.connection import Connection as Broker
from mfa_cli.backup.directory import checked
from mfa_cli.backup.errors import NotRestoredError
from mfa_cli.backup.fence import fenced
from mfa_cli.backup.leaving_out import parts_without, sound
from mfa_cli.backup.new_cluster import check_empty, check_nobody_works, check_partitions
from mfa_cli.backup.offsets import use_up
from mfa_cli.backup.reach import opened
from mfa_cli.backup.records import RecordsHash
from mfa_contracts.topics import EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from mfa_cli.backup.fence import Fence
    from mfa_cli.backup.leaving_out import Place
    from mfa_cli.backup.manifest import Part
    from mfa_cli.verify.log import LogReader


def restore(
    bootstrap: str,
    directory: Path,
    *,
    without: Collection[Place] = (),
    on_done: Callable[[int], None] = lambda _records: None,
) -> Sequence[Part]:
    """Write the events of a backup into a cluster that has nothing yet, and read them back.

    Args:
        bootstrap: ``host:port`` of the brokers, several with commas.
        directory: as ``mfa backup`` has written it.
        without: events that are left out.
        on_done: told how many more records were written or read.

    Raises:
        BadBackupError: a file is missing, or not what it was; nothing was written.
        NoSuchEventError: what is to be left out is not there; nothing was written.
        OtherPartitionsError, NotNewError, AtWorkError: the cluster is no new one; nothing was written.
        NotRestoredError, BrokerError: it did not come to its end. Command workers halt there; take another cluster.
    """
    parts = parts_without(directory, checked(directory).parts, without)
    source = _Source(directory, parts, without)
    asyncio.run(_restored(Broker(bootstrap), source, on_done))
    return parts


@dataclass(frozen=True, slots=True)
class _Source:
    """``parts`` are as they will stand in the new cluster."""

    directory: Path
    parts: Sequence[Part]
    without: Collection[Place]


async def _restored(broker: Broker, source: _Source, on_done: Callable[[int], None]) -> None:
    parts = source.parts
    async with opened(broker, on_done) as (log, reader):
        await check_partitions(log, len(parts))
        await check_empty(log, len(parts))
        await check_nobody_works(broker)
        async with fenced(broker, len(parts)) as fences:
            # Again: until the fence a worker might have begun.
            await check_empty(log, len(parts))
            for fence in fences:
                await fence.shut()
            await _put_back(fences, source, reader, on_done)
            await use_up(broker, log, parts, on_done)
            for fence in fences:
                await fence.open()


async def _put_back(
    fences: Sequence[Fence], source: _Source, reader: LogReader, on_done: Callable[[int], None]
) -> None:
    for fence, part in zip(fences, source.parts, strict=True):
        for records in sound(source.directory, part, source.without):
            await fence.append(records)
            on_done(len(records))
        await _check_read_back(reader, part)


async def _check_read_back(reader: LogReader, part: Part) -> None:
    (span,) = await reader.spans([EVENTS], part.partition)
    found = RecordsHash()
    async for records in reader.read(span):
        for record in records:
            found.add(record)
    if (found.records, found.hexdigest()) != (part.records, part.records_sha256):
        raise NotRestoredError(
            f"{EVENTS}[{part.partition}]: expected {part.records} records of SHA-256 {part.records_sha256}, read back "
            f"{found.records} of {found.hexdigest()}. Begin again with a new cluster; {part.file} is sound."
        )
