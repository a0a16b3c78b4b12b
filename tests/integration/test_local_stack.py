"""The stack that a test is given is the real thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from support.backends import make_topics

if TYPE_CHECKING:
    from mfa_local.connection import Connection


async def test_a_record_comes_back_from_the_broker(stack: Connection, topic_prefix: str) -> None:
    topic = f"{topic_prefix}echo"
    await make_topics(stack.kafka_bootstrap, [topic], partitions=2)
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka_bootstrap) as producer:
        await producer.send_and_wait(topic, b"hello")
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=stack.kafka_bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        record = await consumer.getone()

    assert record.value == b"hello"


async def test_each_test_has_a_migrated_database_of_its_own(database_url: str, stack: Connection) -> None:
    connection = await asyncpg.connect(database_url)
    schemas = await connection.fetchval("select count(*) from pg_namespace where nspname = 'mfa'")
    await connection.close()

    assert (schemas, database_url == stack.database_url) == (1, False)
