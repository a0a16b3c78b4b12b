"""Lets ``mfa.commands`` of a new cluster go on where that of the old one had ended.

Events name their command by its offset, and a command worker that folds them goes on behind the last one named. So no
offset below may be another command's. Kafka cannot be told to begin elsewhere: the offsets are used up by records
that hold nothing, which are deleted at once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition

from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.records import Partition
from mfa_cli.backup.errors import NotRestoredError
from mfa_contracts.topics import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiokafka.producer.message_accumulator import BatchBuilder

    from exactly_once.adapters.aiokafka_log import AiokafkaLog
    from exactly_once.adapters.connection import Connection
    from exactly_once.protocols import Ends
    from mfa_cli.backup.manifest import Part

_BATCH_BYTES: Final = 256 * 1024


async def use_up(
    connection: Connection, log: AiokafkaLog, parts: Sequence[Part], progressed: Callable[[int], None]
) -> None:
    """Let each partition of ``mfa.commands`` begin at the offset ``commands_end`` of its part.

    Raises:
        NotRestoredError: somebody else has written there meanwhile.
    """
    await _fill(connection, parts, progressed)
    await _delete(connection, parts)
    for part in parts:
        (ends,) = await log.ends((COMMANDS,), Partition(part.partition))
        if (ends.start, ends.high) != (part.commands_end, part.commands_end):
            raise _written_by_others(part, ends)


async def _fill(connection: Connection, parts: Sequence[Part], progressed: Callable[[int], None]) -> None:
    # Idempotent: a batch that is sent again because its answer was lost uses its offsets up once.
    kept_small = {"compression_type": "gzip", "max_batch_size": _BATCH_BYTES}
    producer = AIOKafkaProducer(**connection.options, enable_idempotence=True, **kept_small)
    with translated(f"use up offsets of {COMMANDS}"):
        try:
            await producer.start()
            for part in parts:
                await _fill_one(producer, part, progressed)
        finally:
            await producer.stop()


async def _fill_one(producer: AIOKafkaProducer, part: Part, progressed: Callable[[int], None]) -> None:
    left = part.commands_end
    while left > 0:
        batch = _nothing(producer, left)
        await (await producer.send_batch(batch, COMMANDS, partition=part.partition))
        left -= batch.record_count()
        progressed(batch.record_count())


def _nothing(producer: AIOKafkaProducer, records: int) -> BatchBuilder:
    now_ms, batch = int(time.time() * 1000), producer.create_batch()
    while batch.record_count() < records and batch.append(timestamp=now_ms, key=None, value=b"") is not None:
        pass
    batch.close()
    return batch


async def _delete(connection: Connection, parts: Sequence[Part]) -> None:
    bounds = {
        TopicPartition(COMMANDS, part.partition): RecordsToDelete(before_offset=part.commands_end)
        for part in parts
        if part.commands_end
    }
    admin = AIOKafkaAdminClient(**connection.options)
    with translated(f"delete the used up offsets of {COMMANDS}"):
        try:
            await admin.start()
            await admin.delete_records(bounds)
        finally:
            await admin.close()


def _written_by_others(part: Part, ends: Ends) -> NotRestoredError:
    return NotRestoredError(
        f"{COMMANDS}[{part.partition}]: expected it to begin and end at {part.commands_end}, got {ends.start} to "
        f"{ends.high}: somebody else has sent commands meanwhile. Keep the clients away, and begin again with a new "
        "cluster."
    )
