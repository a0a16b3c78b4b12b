"""The group's consumer as a lease sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiokafka.structs import TopicPartition

from exactly_once.records import Partition

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiokafka import AIOKafkaConsumer

    from exactly_once.records import Offset


class GroupConsumer:
    """One topic's partitions of an aiokafka consumer that somebody else starts, polls and stops.

    Args:
        topic: the input topic.
        current: gives the consumer, or ``None`` while there is none.
    """

    def __init__(self, topic: str, current: Callable[[], AIOKafkaConsumer | None]) -> None:
        self._topic = topic
        self._current = current

    def assignment(self) -> frozenset[Partition]:
        """Give the partitions held according to the last rebalance that this member has seen."""
        consumer = self._current()
        if consumer is None:
            return frozenset()
        return frozenset(Partition(p.partition) for p in consumer.assignment() if p.topic == self._topic)

    def seek(self, partition: Partition, offset: Offset) -> None:
        """Deliver from this offset next; what was fetched is forgotten, what is on the way is dropped."""
        if (consumer := self._holding(partition)) is not None:
            consumer.seek(TopicPartition(self._topic, partition), offset)

    def pause(self, partition: Partition) -> None:
        """Deliver nothing until ``resume`` or the next rebalance, which forgets pauses."""
        if (consumer := self._holding(partition)) is not None:
            consumer.pause(TopicPartition(self._topic, partition))

    def resume(self, partition: Partition) -> None:
        """Deliver again."""
        if (consumer := self._holding(partition)) is not None:
            consumer.resume(TopicPartition(self._topic, partition))

    def _holding(self, partition: Partition) -> AIOKafkaConsumer | None:
        consumer = self._current()
        if consumer is None or TopicPartition(self._topic, partition) not in consumer.assignment():
            return None
        return consumer
