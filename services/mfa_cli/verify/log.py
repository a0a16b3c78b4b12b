"""Reading Kafka for verification: committed records only, span by span, in no group."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exactly_once import ExactlyOnceError
from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.connection import Connection
from exactly_once.records import Offset, Partition
from mfa_cli.verify.errors import LogAwayError, StuckLogError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence

    from exactly_once.position import LogIdentity
    from exactly_once.records import Record

_STABLE_S: Final = 30.0
_STABLE_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one partition: from ``start`` up to, not including, ``end``."""

    topic: str
    partition: int
    start: int
    end: int


class LogReader:
    """Reads one span at a time. ``on_read`` is told how many records came, for a progress bar."""

    def __init__(self, log: AiokafkaLog, on_read: Callable[[int], None]) -> None:
        self._log = log
        self._on_read = on_read

    async def identity(self, topics: Sequence[str]) -> LogIdentity:
        """Which log this is."""
        return await self._log.identity(topics)

    async def spans(self, topics: Sequence[str], partition: int) -> Sequence[Span]:
        """What is there now of each topic: from the first kept record to the last that is decided.

        A transaction under way is waited for: its records may be seen in one topic before they are in another.

        Raises:
            StuckLogError: it did not end in half a minute.
        """
        wanted = [ends.high for ends in await self._log.ends(topics, Partition(partition))]
        clock = asyncio.get_running_loop().time
        late = clock() + _STABLE_S
        while True:
            ends = await self._log.ends(topics, Partition(partition))
            if all(each.stable >= high for each, high in zip(ends, wanted, strict=True)):
                return [Span(topic, partition, e.start, e.stable) for topic, e in zip(topics, ends, strict=True)]
            if clock() > late:
                raise StuckLogError(topics, partition)
            await asyncio.sleep(_STABLE_POLL_S)

    async def read(self, span: Span) -> AsyncGenerator[Sequence[Record], None]:
        """The committed records of ``span`` in batches."""
        start, end = Offset(span.start), Offset(span.end)
        async with aclosing(self._log.read(span.topic, Partition(span.partition), start, end)) as batches:
            async for records in batches:
                self._on_read(len(records))
                yield records

    async def newest(self, span: Span) -> Mapping[bytes, Record]:
        """The newest record of each key; a deletion (null) takes its key away."""
        newest: dict[bytes, Record] = {}
        async for records in self.read(span):
            newest.update((record.key or b"", record) for record in records)
        return {key: record for key, record in newest.items() if record.value is not None}


@asynccontextmanager
async def log_reader(bootstrap: str, on_read: Callable[[int], None]) -> AsyncIterator[LogReader]:
    """A reader of the Kafka at ``bootstrap`` until the end of the block.

    Raises:
        LogAwayError: Kafka does not answer, there or within the block.
    """
    log = AiokafkaLog(Connection(bootstrap))
    try:
        yield LogReader(log, on_read)
    except ExactlyOnceError as error:
        raise LogAwayError(error) from error
    finally:
        await log.close()
