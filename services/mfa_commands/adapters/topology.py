"""The topics as the service needs them: looked at before the first command is consumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.errors import BrokerError
from mfa_commands.adapters.partitioning import partitioner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from exactly_once import Spec
    from exactly_once.adapters.aiokafka_log import AiokafkaLog
    from exactly_once.adapters.connection import Connection

_TIMESTAMPS: Final = "message.timestamp.type"
_BROKERS_OWN: Final = "LogAppendTime"


class Topology:
    """What the broker says about the topics; nothing is known before the first ``check``."""

    def __init__(self, connection: Connection, spec: Spec, log: AiokafkaLog) -> None:
        self._connection = connection
        self._spec = spec
        self._log = log
        self._partition_of: Callable[[bytes], int] | None = None

    async def check(self) -> None:
        """Look at the topics.

        Raises:
            BrokerError: no answer; a topic is missing; their numbers of partitions differ; ``mfa.commands`` does not
                carry the broker's append time, which is what a token's expiry is judged against.
        """
        identity = await self._log.identity(self._spec.topics)
        found = (await self._settings(self._spec.input_topic)).get(_TIMESTAMPS)
        if found != _BROKERS_OWN:
            told = (
                f"topic {self._spec.input_topic}: expected {_TIMESTAMPS}={_BROKERS_OWN}, got {found}; alter the topic"
            )
            raise BrokerError(told)
        self._partition_of = partitioner(identity.partitions)

    def partition_of(self, key: bytes) -> int:
        """The partition of a record key, by the default partitioner."""
        if self._partition_of is None:
            raise BrokerError("expected the topics to have been looked at before the first command")
        return self._partition_of(key)

    async def _settings(self, topic: str) -> Mapping[str, str]:
        admin = AIOKafkaAdminClient(**self._connection.options)
        with translated(f"read the settings of {topic}"):
            try:
                await admin.start()
                (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
            finally:
                await admin.close()
        return {entry[0]: entry[1] for resource in answer.resources for entry in resource[4]}
