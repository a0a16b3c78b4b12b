"""The local Kafka keeps what production keeps: no topic by accident, none deleted, each as the catalogue says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from mfa_contracts.topics import Topic, catalogue
from mfa_local.errors import TopicMismatchError
from mfa_local.topics import ensure_topics
from support.backends import make_topics

if TYPE_CHECKING:
    from mfa_local.connection import Connection

DELETION_IS_DISABLED: Final = 73
"""Kafka's error code TOPIC_DELETION_DISABLED."""


async def test_every_topic_of_the_catalogue_is_there(stack: Connection) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap)
    await admin.start()
    there = await admin.list_topics()
    await admin.close()

    assert {topic.name for topic in catalogue()} <= set(there)


async def test_topics_that_are_as_they_should_be_are_left_alone(stack: Connection, topic_prefix: str) -> None:
    topic = Topic(f"{topic_prefix}kept", "a test", {"cleanup.policy": "compact"})
    for _ in range(2):
        await ensure_topics(stack.kafka_bootstrap, [topic], partitions=2, single_broker=True)


async def test_another_partition_count_is_refused_with_both_counts(stack: Connection, topic_prefix: str) -> None:
    topic = Topic(f"{topic_prefix}count", "a test", {})
    await make_topics(stack.kafka_bootstrap, [topic.name], partitions=2)

    with pytest.raises(TopicMismatchError, match=rf"topic {topic.name}: expected partitions=3, got 2.*up --fresh"):
        await ensure_topics(stack.kafka_bootstrap, [topic], partitions=3, single_broker=True)


async def test_another_setting_is_refused_with_both_values(stack: Connection, topic_prefix: str) -> None:
    topic = Topic(f"{topic_prefix}kept", "a test", {"cleanup.policy": "delete", "retention.ms": "-1"})
    await make_topics(stack.kafka_bootstrap, [topic.name], 1, {"retention.ms": "1000", "min.insync.replicas": "1"})

    with pytest.raises(TopicMismatchError, match=rf"topic {topic.name}: expected retention.ms=-1, got 1000"):
        await ensure_topics(stack.kafka_bootstrap, [topic], partitions=1, single_broker=True)


async def test_a_topic_cannot_be_deleted(embedded_stack: Connection, topic_prefix: str) -> None:
    topic = f"{topic_prefix}kept"
    await make_topics(embedded_stack.kafka_bootstrap, [topic], partitions=1)
    admin = AIOKafkaAdminClient(bootstrap_servers=embedded_stack.kafka_bootstrap)
    await admin.start()
    answer = await admin.delete_topics([topic])
    there = await admin.list_topics()
    await admin.close()

    assert ([code for _, code, *_ in answer.topic_error_codes], topic in there) == ([DELETION_IS_DISABLED], True)


async def test_no_topic_comes_to_be_by_being_written_to(embedded_stack: Connection, topic_prefix: str) -> None:
    topic = f"{topic_prefix}accident"
    async with AIOKafkaProducer(bootstrap_servers=embedded_stack.kafka_bootstrap, request_timeout_ms=1000) as producer:
        with pytest.raises(UnknownTopicOrPartitionError):
            await producer.send(topic, b"lost")
        metadata = await producer.client.fetch_all_metadata()

    assert topic not in metadata.topics()
