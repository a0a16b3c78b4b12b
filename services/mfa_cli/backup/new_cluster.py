"""A cluster that a backup may be put into: all topics there, nothing in them, nobody at work on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberMetadata

from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.records import Partition
from mfa_cli.backup.errors import AtWorkError, NotNewError, OtherPartitionsError
from mfa_contracts.topics import catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from exactly_once.adapters.aiokafka_log import AiokafkaLog
    from exactly_once.adapters.connection import Connection

TOPICS: Final = tuple(topic.name for topic in catalogue())


async def check_partitions(log: AiokafkaLog, wanted: int) -> None:
    """Look at the number of partitions.

    Raises:
        OtherPartitionsError: users would come to lie in others than their events.
        BrokerError: a topic is missing, or no answer.
    """
    found = (await log.identity(TOPICS)).partitions
    if found != wanted:
        raise OtherPartitionsError(
            f"expected topics of {wanted} partitions, as the backup has, got {found}. Make a cluster with as many; "
            "the embedded one takes MFA_PARTITIONS."
        )


async def check_empty(log: AiokafkaLog, partitions: int) -> None:
    """Look at every topic of the catalogue.

    Raises:
        NotNewError: there has been a record.
    """
    for number in range(partitions):
        for topic, ends in zip(TOPICS, await log.ends(TOPICS, Partition(number)), strict=True):
            if ends.high > 0:
                raise NotNewError(
                    f"{topic}[{number}]: expected no record, got {ends.high} offsets in use. A backup goes into a new "
                    "cluster only; make one."
                )


async def check_nobody_works(connection: Connection) -> None:
    """Look at the groups of the cluster.

    Raises:
        AtWorkError: a member of one consumes a topic of the catalogue.
    """
    admin = AIOKafkaAdminClient(**connection.options)
    with translated("ask for the consumer groups"):
        try:
            await admin.start()
            names = [name for name, _ in await admin.list_consumer_groups()]
            busy = [group async for group in _busy(admin, names)]
        finally:
            await admin.close()
    if busy:
        raise AtWorkError(
            f"expected nobody to consume these topics, got members of {', '.join(sorted(busy))}. "
            "Stop all workers until the events are restored."
        )


async def _busy(admin: AIOKafkaAdminClient, names: Sequence[str]) -> AsyncIterator[str]:
    for name in names:
        # One at a time: of an answer about several aiokafka can read the first only.
        (answer,) = await admin.describe_consumer_groups([name])
        ((_, _, _, _, _, members, *_),) = answer.groups
        if any(_is_ours(metadata) for _, _, _, metadata, *_ in members):
            yield name


def _is_ours(metadata: bytes) -> bool:
    # While a group is rebalancing nothing is told of what its members want: then they may be ours.
    wanted = ConsumerProtocolMemberMetadata.decode(metadata).subscription if metadata else TOPICS
    return not set(TOPICS).isdisjoint(wanted)
