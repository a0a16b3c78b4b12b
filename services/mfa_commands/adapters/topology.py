"""The topics as the service needs them: looked at before the first command is consumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from exactly_once.adapters.aiokafka_errors import translated
from exactly_once.errors import BrokerError
from mfa_commands.adapters.partitioning import partitioner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from exactly_once import Spec
    from exactly_once.adapters.aiokafka_log import AiokafkaLog
    from exactly_once.adapters.connection import Connection

_TIMESTAMPS: Final = "message.timestamp.type"
_BROKERS_OWN: Final = "LogAppendTime"
_COPIES: Final = "min.insync.replicas"
_FEWEST_COPIES: Final = 2


class Topology:
    """What the broker says about the topics; nothing is known before the first ``check``."""

    def __init__(self, connection: Connection, spec: Spec, log: AiokafkaLog, *, one_broker: bool) -> None:
        self._connection = connection
        self._one_broker = one_broker
        self._spec = spec
        self._log = log
        self._partition_of: Callable[[bytes], int] | None = None

    async def check(self) -> None:
        """Look at the topics.

        Raises:
            BrokerError: no answer; a topic is missing; their numbers of partitions differ; ``mfa.commands`` does not
                carry the broker's append time, which is what a token's expiry is judged against; a topic takes records
                that only one broker has, where there are several.
        """
        identity = await self._log.identity(self._spec.topics)
        settings = await self._settings(self._spec.topics)
        found = settings[self._spec.input_topic].get(_TIMESTAMPS)
        if found != _BROKERS_OWN:
            told = f"expected {_TIMESTAMPS}={_BROKERS_OWN}, got {found}; alter the topic"
            raise BrokerError(f"topic {self._spec.input_topic}: {told}")
        if not self._one_broker:
            _check_copies(settings)
        self._partition_of = partitioner(identity.partitions)

    def partition_of(self, key: bytes) -> int:
        """The partition of a record key, by the default partitioner."""
        if self._partition_of is None:
            raise BrokerError("expected the topics to have been looked at before the first command")
        return self._partition_of(key)

    async def _settings(self, topics: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        admin = AIOKafkaAdminClient(**self._connection.options)
        with translated("read the settings of the topics"):
            try:
                await admin.start()
                asked = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
                answers = await admin.describe_configs(asked)
            finally:
                await admin.close()
        resources = [resource for answer in answers for resource in answer.resources]
        return {resource[3]: {entry[0]: entry[1] for entry in resource[4]} for resource in resources}


def _check_copies(settings: Mapping[str, Mapping[str, str]]) -> None:
    for topic, found in settings.items():
        copies = found.get(_COPIES, "1")
        if int(copies) < _FEWEST_COPIES:
            told = (
                f"expected {_COPIES} of at least {_FEWEST_COPIES}, got {copies}; alter the topic, or set MFA_EMBEDDED"
            )
            raise BrokerError(f"topic {topic}: {told}, if there is only one broker")
