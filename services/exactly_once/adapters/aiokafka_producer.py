"""A transactional producer over aiokafka, one for each partition.

aiokafka commits what is left of a transaction when one of its batches has failed and nobody awaited that
batch; hence every append is awaited here, and a producer that has failed in any way is of no more use.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaProducer
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from exactly_once.adapters.aiokafka_discard import discard
from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.errors import BrokerError, OutputRefusedError
from exactly_once.records import Offset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aiokafka.producer.message_accumulator import BatchBuilder

    from exactly_once.adapters.connection import Connection
    from exactly_once.application import Spec
    from exactly_once.records import Output, Partition

_CLOSE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class ProducerSettings:
    """Times in milliseconds, sizes in bytes.

    ``transaction_timeout_ms``: after a worker's death its open transaction hides later records for so long, if
    nobody takes the partition over. ``max_batch_bytes`` must stay below the topics' ``max.message.bytes``, which
    bounds a batch; a record that is larger alone goes out alone and is refused by the broker.
    """

    transaction_timeout_ms: int = 15_000
    request_timeout_ms: int = 10_000
    max_batch_bytes: int = 512 * 1024


class AiokafkaProducers:
    """Makes the producer of a partition of an application: transactional id ``{name}.{partition}``."""

    def __init__(self, connection: Connection, spec: Spec, settings: ProducerSettings | None = None) -> None:
        self._connection = connection
        self._spec = spec
        self._settings = settings or ProducerSettings()

    def __call__(self, partition: Partition) -> AiokafkaProducer:
        """Make a new producer; no connection is opened before its start."""
        return AiokafkaProducer(self._connection, self._spec, partition, self._settings)


class AiokafkaProducer:
    """One transactional producer that appends to one partition of each output topic."""

    def __init__(self, connection: Connection, spec: Spec, partition: Partition, settings: ProducerSettings) -> None:
        self._connection = connection
        self._spec = spec
        self._partition = partition
        self._settings = settings
        self._client: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect, take the transactional id, and look up the topics so that the first send need not wait."""
        self._client = client = self._make()
        with translated(f"take the transactional id {self._transactional_id}"):
            await client.start()
            outputs = {self._spec.main_topic, self._spec.state_topic, *self._spec.output_topics}
            await asyncio.gather(*(client.partitions_for(topic) for topic in sorted(outputs)))

    async def begin(self) -> None:
        """Begin a transaction; asks nothing of the broker."""
        with translated("begin a transaction"):
            await self._started.begin_transaction()

    async def send(self, topic: str, outputs: Sequence[Output]) -> Offset:
        """Append at least one record; see ``exactly_once.protocols.Producer``."""
        client = self._started
        last = -1
        with translated(f"append {len(outputs)} records to {topic} {self._partition}"):
            for batch in _batches(client, outputs):
                appended = await (await client.send_batch(batch, topic, partition=self._partition))
                last = appended.offset + batch.record_count() - 1 if appended.offset >= 0 else -1
        if last < 0:
            # After a repeated request the broker may know only that it has the batch, not where.
            raise BrokerError(f"append to {topic} {self._partition}: expected an offset from the broker, got none")
        return Offset(last)

    async def send_offset(self, topic: str, offset: Offset, group: str) -> None:
        """Add the group's next offset to the transaction."""
        place = TopicPartition(topic, self._partition)
        with translated(f"add offset {offset} of {topic} {self._partition} to the transaction"):
            await self._started.send_offsets_to_transaction({place: OffsetAndMetadata(offset, "")}, group)

    async def commit(self) -> None:
        """Commit; aiokafka repeats EndTxn without end, so bound this by a timeout and discard afterwards."""
        with translated("commit"):
            await self._started.commit_transaction()

    async def discard(self) -> None:
        """Close within two seconds, send nothing more."""
        client, self._client = self._client, None
        if client is not None:
            await discard(client, _CLOSE_SECONDS)

    @property
    def _transactional_id(self) -> str:
        return f"{self._spec.name}.{self._partition}"

    @property
    def _started(self) -> AIOKafkaProducer:
        if self._client is None:
            raise BrokerError(f"producer {self._transactional_id}: expected it started and not discarded")
        return self._client

    def _make(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._connection.options,
            client_id=self._transactional_id,
            transactional_id=self._transactional_id,
            transaction_timeout_ms=self._settings.transaction_timeout_ms,
            request_timeout_ms=self._settings.request_timeout_ms,
            max_batch_size=self._settings.max_batch_bytes,
            acks="all",
        )


def _batches(client: AIOKafkaProducer, outputs: Sequence[Output]) -> Iterator[BatchBuilder]:
    # A batch costs a quarter of the CPU of so many calls of send(), each of which makes a future.
    now_ms = int(time.time() * 1000)
    batch = client.create_batch()
    for output in outputs:
        if not _append(batch, output, now_ms):
            yield batch
            batch = client.create_batch()
            _append(batch, output, now_ms)
    batch.close()
    yield batch


def _append(batch: BatchBuilder, output: Output, now_ms: int) -> bool:
    at = now_ms if output.timestamp_ms is None else output.timestamp_ms
    try:
        appended = batch.append(timestamp=at, key=output.key, value=output.value, headers=list(output.headers))
    except (TypeError, ValueError, AttributeError) as error:
        raise OutputRefusedError(f"a record for {output.topic} cannot be encoded: {error!r}") from error
    return appended is not None
