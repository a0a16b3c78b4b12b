"""Commands put on a real Kafka, and what stands there afterwards."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from mfa_contracts import topics
from mfa_contracts.codec import decode_dead_letter, decode_event, decode_outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from uuid import UUID

    from aiokafka import ConsumerRecord

    from mfa_contracts.deadletters import DeadRecord
    from mfa_contracts.events import Event
    from mfa_contracts.outcomes import Outcome
    from support.commands import Signed

_PATIENCE_S: Final = 30.0
_LARGEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True)
class Post:
    """Puts commands on ``mfa.commands`` as any Kafka client would, and waits for what comes of them."""

    bootstrap: str
    producer: AIOKafkaProducer

    async def put(self, signed: Signed, partition: int | None = None) -> tuple[int, int]:
        """Partition and offset of the command, placed by the client's own partitioner unless told otherwise."""
        headers = list(signed.headers)
        sent = await self.producer.send_and_wait(topics.COMMANDS, signed.value, signed.key, partition, headers=headers)
        return sent.partition, sent.offset

    async def put_value(self, key: bytes | None, value: bytes | None, partition: int) -> tuple[int, int]:
        """Something that need not be a command."""
        sent = await self.producer.send_and_wait(topics.COMMANDS, value, key, partition)
        return sent.partition, sent.offset

    async def answers(self, command: UUID, count: int = 1) -> list[Outcome]:
        """The first ``count`` outcomes of a command."""

        def of_command(record: ConsumerRecord) -> bool:
            return bool(record.key == str(command).encode())

        found = await self._until(topics.OUTCOMES, of_command, count)
        return [decode_outcome(record.value).data for record in found]

    async def events(self, tenant: str) -> list[Event]:
        """All events of a tenant, in the order of their partitions."""
        return [decode_event(r.value) for r in await self.standing(topics.EVENTS) if _of_tenant(r, tenant)]

    async def states(self, tenant: str) -> dict[bytes, bytes]:
        """The newest packed states of a tenant's users."""
        return {r.key: r.value for r in await self.standing(topics.STATE) if _of_tenant(r, tenant)}

    async def dead_letter_at(self, place: tuple[int, int]) -> tuple[str, DeadRecord]:
        """Code and pointer of the dead letter for the command at (partition, offset)."""

        def of_place(record: ConsumerRecord) -> bool:
            told = decode_dead_letter(record.value).data.record
            return (told.partition, told.offset) == place

        (found,) = await self._until(topics.DEADLETTERS, of_place, 1)
        letter = decode_dead_letter(found.value).data
        return letter.code.value, letter.record

    async def standing(self, topic: str) -> list[ConsumerRecord]:
        """All committed records of a topic, by partition and offset."""
        async with _reading(self.bootstrap) as consumer:
            places = [TopicPartition(topic, number) for number in sorted(await _partitions(self.producer, topic))]
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            records: list[ConsumerRecord] = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                polled = await consumer.getmany(timeout_ms=100)
                records.extend(record for some in polled.values() for record in some)
            return sorted(records, key=lambda record: (record.partition, record.offset))

    async def _until(
        self, topic: str, wanted: Callable[[ConsumerRecord], bool], count: int
    ) -> Sequence[ConsumerRecord]:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                found = [record for record in await self.standing(topic) if wanted(record)]
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.1)


@asynccontextmanager
async def posting(bootstrap: str) -> AsyncIterator[Post]:
    """A post office at this Kafka."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=_LARGEST) as producer:
        yield Post(bootstrap, producer)


@asynccontextmanager
async def _reading(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    committed = {"isolation_level": "read_committed", "enable_auto_commit": False}
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", **committed) as consumer:
        yield consumer


async def _partitions(producer: AIOKafkaProducer, topic: str) -> set[int]:
    found: set[int] = await producer.partitions_for(topic)
    return found


def _of_tenant(record: ConsumerRecord, tenant: str) -> bool:
    return bool(record.key.startswith(f"{tenant}/".encode()))
