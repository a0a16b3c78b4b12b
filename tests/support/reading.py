"""The read side on a real Kafka and PostgreSQL, with topics of its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from mfa_contracts.codec import encode
from mfa_contracts.ids import record_key
from mfa_projections.adapters.logs import ALLOWED
from mfa_projections.adapters.statements import OURS
from mfa_projections.settings import Settings
from mfa_projections.wiring import Topics, service
from support.backends import make_topics, unique

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence

    from aiokafka import ConsumerRecord

    from mfa_contracts.events import Event
    from mfa_projections.adapters.statements import Shape
    from mfa_projections.wiring import Service
    from support.facts import Life

PARTITIONS: Final = 2
_PATIENCE_S: Final = 30.0


async def own_topics(bootstrap: str, prefix: str) -> Topics:
    """Topics that nobody else has, with two partitions each."""
    names = Topics(f"{prefix}events", f"{prefix}audit", f"{prefix}audit.state")
    await make_topics(bootstrap, (names.events, names.audit), PARTITIONS)
    await make_topics(bootstrap, (names.audit_state,), PARTITIONS, {"cleanup.policy": "compact"})
    return names


@asynccontextmanager
async def reading(
    bootstrap: str, database_url: str, names: Topics, group: str, shape: Shape = OURS
) -> AsyncIterator[Service]:
    """The service, without its pages."""
    settings = Settings.model_validate(
        {"kafka_bootstrap": bootstrap, "database_url": database_url, "projections_group": group}
    )
    logger = structlog.wrap_logger(structlog.ReturnLogger(), processors=[_must_be_allowed])
    async with service(settings, logger, names, shape) as parts, parts.app.start_lifespan_context():
        yield parts


async def append(bootstrap: str, topic: str, lives: Sequence[Life]) -> None:
    """Append all events of some users to their partitions, in one transaction for each turn of their events."""
    turns = max(len(life.events) for life in lives)
    for turn in range(turns):
        told = [(life.partition, life.events[turn]) for life in lives if turn < len(life.events)]
        await append_events(bootstrap, topic, told)


async def append_events(bootstrap: str, topic: str, told: Sequence[tuple[int, Event]]) -> None:
    """Append events to partitions in one transaction."""
    records = [(n, record_key(event.tenantid, event.subject), encode(event)) for n, event in told]
    await append_values(bootstrap, topic, records)


async def append_values(bootstrap: str, topic: str, records: Sequence[tuple[int, bytes, bytes]]) -> None:
    """Append (partition, key, value) in one transaction."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=unique("test-"))
    await producer.start()
    try:
        async with producer.transaction():
            sent = [await producer.send(topic, value, key, partition) for partition, key, value in records]
            await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def standing_in(bootstrap: str, topic: str) -> list[ConsumerRecord]:
    """All committed records of a topic, by partition and offset."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        records: list[ConsumerRecord] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            polled = await consumer.getmany(timeout_ms=100)
            records.extend(record for some in polled.values() for record in some)
        return sorted(records, key=lambda record: (record.partition, record.offset))
    finally:
        await consumer.stop()


async def ask(database_url: str, query: str, *arguments: object) -> list[dict[str, object]]:
    """Rows as dictionaries."""
    connection = await asyncpg.connect(database_url)
    try:
        return [dict(row) for row in await connection.fetch(query, *arguments)]
    finally:
        await connection.close()


async def execute(database_url: str, statements: str) -> None:
    """Several statements at once."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def everything(database_url: str) -> dict[str, list[dict[str, object]]]:
    """All rows that readers are shown, by table."""
    tables = ("status", "enrollments", "recovery_codes", "event_history", "audit_record")
    query = "select * from mfa.{} order by tenant_id, user_id, {}"
    last = {"event_history": "sequence", "audit_record": "sequence"}
    return {table: await ask(database_url, query.format(table, last.get(table, "user_id"))) for table in tables}


async def until(true: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until it is so, half a minute at most."""
    clock = asyncio.get_running_loop().time
    end = clock() + _PATIENCE_S
    while not await true():
        assert clock() < end, f"expected within {_PATIENCE_S:.0f} s: {what}"
        await asyncio.sleep(0.05)


async def until_rows(database_url: str, table: str, count: int) -> None:
    """Wait until a table has so many rows."""

    async def there() -> bool:
        (row,) = await ask(database_url, f"select count(*) from mfa.{table}")  # noqa: S608 - a name of ours
        return row["count"] == count

    await until(there, f"{count} rows in {table}")


def _must_be_allowed(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    assert set(event) <= ALLOWED
    return event
