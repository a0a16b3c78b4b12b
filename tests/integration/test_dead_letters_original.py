"""The record of a dead letter: only the very one, and only while it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition

from mfa_cli.dead_letters import original
from mfa_cli.errors import NoSuchRecordError, OtherRecordError
from mfa_contracts.deadletters import DeadRecord
from support.backends import make_topics
from support.reading import append_values

if TYPE_CHECKING:
    from mfa_local.connection import Connection


async def about(stack: Connection, topic: str, sha256: str) -> DeadRecord:
    await make_topics(stack.kafka_bootstrap, (topic,), 1)
    await append_values(stack.kafka_bootstrap, topic, [(0, b"t/ann", b"one"), (0, b"t/ann", b"two")])
    return DeadRecord(topic=topic, partition=0, offset=0, sha256=sha256, size=3)


async def test_another_record_at_the_place_is_an_error(stack: Connection, topic_prefix: str) -> None:
    dead = await about(stack, f"{topic_prefix}commands", "0" * 64)

    with pytest.raises(OtherRecordError, match="another stands there"):
        await original(stack, dead)


async def test_a_record_that_is_no_longer_kept_is_an_error(stack: Connection, topic_prefix: str) -> None:
    topic = f"{topic_prefix}commands"
    dead = await about(stack, topic, "0" * 64)
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap)
    await admin.start()
    await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=1)})
    await admin.close()

    with pytest.raises(NoSuchRecordError, match=r"kept are 1 to 2.*retention"):
        await original(stack, dead)
