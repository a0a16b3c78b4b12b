"""Asks the broker for the ids of topics, which aiokafka's own metadata request is too old to tell.

Metadata request and response version 10 (KIP-516, Kafka 2.8), written down from the protocol's definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import UUID

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from io import BytesIO

    from exactly_once.adapters.connection import Connection

_NO_TOPIC_ID: Final = UUID(int=0)
_REQUEST_TIMEOUT_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What the broker says about a topic."""

    id: UUID
    partitions: int


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """The cluster's id and the topics that were asked for."""

    cluster: str
    topics: Mapping[str, TopicFacts]


async def ask_cluster(connection: Connection, topics: Sequence[str]) -> ClusterFacts:
    """Ask any broker.

    Raises:
        BrokerError: no answer, a topic that is not there, or a broker before Kafka 2.8.
    """
    client = AIOKafkaClient(**connection.options, request_timeout_ms=_REQUEST_TIMEOUT_MS)
    try:
        with translated("ask for cluster and topic ids"):
            await client.bootstrap()
            answer = await client.send(client.get_random_node(), _Question(tuple(topics)))
    finally:
        await client.close()
    return ClusterFacts(answer.cluster_id or "", {name: _facts(name, topic) for name, topic in _by_name(answer)})


def _by_name(answer: _Answer) -> list[tuple[str, tuple[object, ...]]]:
    return [(topic[1], topic) for topic in answer.topics]


def _facts(name: str, topic: tuple[object, ...]) -> TopicFacts:
    code, _, topic_id, _, partitions, *_ = topic
    if code != 0:
        raise BrokerError(f"topic {name}: expected it to exist, got {for_code(code).__name__}. Create it.")
    if not isinstance(topic_id, UUID) or topic_id == _NO_TOPIC_ID or not isinstance(partitions, list):
        raise BrokerError(f"topic {name}: expected an id and partitions, got {topic_id!r}. Kafka must be 2.8 or newer.")
    return TopicFacts(topic_id, len(partitions))


class _Uuid(AbstractType[UUID]):  # type: ignore[misc]  # aiokafka ships no types
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


_TEXT: Final = CompactString("utf-8")


class _Answer(Response):  # type: ignore[misc]  # aiokafka ships no types
    API_KEY = 3
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(("node_id", Int32), ("host", _TEXT), ("port", Int32), ("rack", _TEXT), ("tags", TaggedFields)),
        ),
        ("cluster_id", _TEXT),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", _TEXT),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_authorized_operations", Int32),
        ("tags", TaggedFields),
    )


class _Wire(RequestStruct):  # type: ignore[misc]  # aiokafka ships no types
    FLEXIBLE_VERSION = True
    API_KEY = 3
    API_VERSION = 10
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", _TEXT), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _Question(Request[_Wire]):  # type: ignore[misc]  # aiokafka ships no types
    API_KEY: ClassVar[int] = 3

    def __init__(self, topics: Sequence[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[_Wire]) -> _Wire:
        asked: list[tuple[UUID, str, dict[int, bytes]]] = [(_NO_TOPIC_ID, name, {}) for name in self._topics]
        return request_struct_class(asked, False, False, False, {})
