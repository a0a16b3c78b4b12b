"""Dead letters, and the records that they are about: these stand where they were put, for as long as they are kept."""

from __future__ import annotations

import hashlib
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.connection import Connection as Broker
from exactly_once.records import Offset, Partition
from mfa_cli.errors import NoSuchRecordError, OtherRecordError
from mfa_contracts.codec import decode_dead_letter
from mfa_contracts.topics import COMMANDS, DEADLETTERS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from exactly_once.records import Record
    from mfa_contracts.deadletters import DeadLetterMessage, DeadRecord
    from mfa_local.connection import Connection


async def letters(connection: Connection) -> Sequence[DeadLetterMessage]:
    """All that are kept, the oldest first; where a record was met again, the newer of its two."""
    async with _log(connection) as log:
        found = {letter.id: letter for n in range(connection.partitions) for letter in await _in(log, Partition(n))}
    return sorted(found.values(), key=lambda letter: (letter.time, letter.data.record.partition))


async def letter_of(connection: Connection, partition: int, offset: int) -> DeadLetterMessage:
    """The dead letter of a record of ``mfa.commands``.

    Raises:
        NoSuchRecordError: there is none.
    """
    for letter in await letters(connection):
        if (letter.data.record.partition, letter.data.record.offset) == (partition, offset):
            return letter
    raise NoSuchRecordError(
        f"expected a dead letter of {COMMANDS} {partition} {offset}, found none. "
        "`mfa deadletters list` shows those that there are."
    )


async def original(connection: Connection, about: DeadRecord) -> Record:
    """The record that a dead letter is about, as it stands in its topic.

    Raises:
        NoSuchRecordError: it is no longer kept.
        OtherRecordError: what stands there has another hash.
    """
    async with _log(connection) as log:
        record = await _at(log, about)
    if hashlib.sha256(record.value or b"").hexdigest() != about.sha256:
        raise OtherRecordError(
            f"{about.topic} {about.partition} {about.offset}: expected the record with SHA-256 {about.sha256}, another "
            "stands there. This is not the cluster of this dead letter, or its topic was made anew."
        )
    return record


async def _in(log: AiokafkaLog, partition: Partition) -> Sequence[DeadLetterMessage]:
    (kept,) = await log.ends((DEADLETTERS,), partition)
    async with aclosing(log.read(DEADLETTERS, partition, kept.start, kept.stable)) as batches:
        return [decode_dead_letter(record.value or b"") async for records in batches for record in records]


async def _at(log: AiokafkaLog, about: DeadRecord) -> Record:
    partition, offset = Partition(about.partition), Offset(about.offset)
    (kept,) = await log.ends((about.topic,), partition)
    if kept.start <= offset < kept.stable:
        async with aclosing(log.read(about.topic, partition, offset, Offset(offset + 1))) as batches:
            async for records in batches:
                return records[0]
    raise NoSuchRecordError(
        f"expected the record {about.topic} {partition} {offset}, kept are {kept.start} to {kept.stable - 1}. "
        "It is gone with the topic's retention; the dead letter is all that is left of it."
    )


@asynccontextmanager
async def _log(connection: Connection) -> AsyncIterator[AiokafkaLog]:
    log = AiokafkaLog(Broker(connection.kafka_bootstrap))
    try:
        yield log
    finally:
        await log.close()
