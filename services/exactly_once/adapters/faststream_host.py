"""FastStream as the host of leases: it owns the group's consumer and polls it, the leases do everything else.

FastStream logs and swallows whatever a handler with manual acknowledgement raises and goes on with the next
batch, so nothing is raised into it; and it never commits an offset here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from aiokafka.abc import ConsumerRebalanceListener
from faststream import AckPolicy
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from exactly_once.adapters.aiokafka_consumer import GroupConsumer
from exactly_once.adapters.aiokafka_records import record_of
from exactly_once.observations import RouteFailed
from exactly_once.records import Partition

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Sequence

    from aiokafka import AIOKafkaConsumer, ConsumerRecord
    from aiokafka.structs import TopicPartition
    from faststream.kafka import KafkaBroker

    from exactly_once.application import Spec
    from exactly_once.protocols import Observer
    from exactly_once.records import Record


class Router(Protocol):
    """What takes the deliveries: ``exactly_once.Leases``."""

    async def route(self, records: Sequence[Record]) -> None:
        """Take delivered records, in offset order within each partition."""
        ...

    async def on_revoked(self, partitions: Collection[Partition]) -> None:
        """End what is under way; the group waits for it."""
        ...

    async def on_assigned(self, partitions: Collection[Partition]) -> None:
        """Take note of all partitions that the group has given to this worker."""
        ...


@dataclass(frozen=True, slots=True)
class HostSettings:
    """Times in milliseconds.

    ``batch_ms`` is how long an empty poll waits, twice: FastStream sleeps as long again after it.
    ``session_ms``: a dead worker's partitions move after so long. ``rebalance_ms`` must be longer than
    ``Limits.revoke_seconds``. ``poll_ms``: no poll for so long takes the worker out of the group.
    """

    batch_ms: int = 5
    batch_records: int = 500
    session_ms: int = 10_000
    heartbeat_ms: int = 3_000
    rebalance_ms: int = 30_000
    poll_ms: int = 600_000


class FastStreamHost:
    """Declares the subscriber of an application's input topic on a broker that the service owns.

    Call ``serve`` before the broker starts, and ``Leases.drain`` before it stops.
    """

    def __init__(
        self, broker: KafkaBroker, spec: Spec, observe: Observer, settings: HostSettings | None = None
    ) -> None:
        self._router: Router | None = None
        self._observe = observe
        self._subscriber = _subscriber(broker, spec, settings or HostSettings(), _Listener(self))
        self._subscriber(self._deliver)
        self.consumer = GroupConsumer(spec.input_topic, self._current)

    def serve(self, router: Router) -> None:
        """Hand everything to this router from now on."""
        self._router = router

    async def revoked(self, partitions: Collection[Partition]) -> None:
        """Say that the group takes its partitions back for a rebalance."""
        if self._router is not None:
            await self._said(self._router.on_revoked(partitions))

    async def assigned(self, partitions: Collection[Partition]) -> None:
        """Say what the group has given to this worker."""
        if self._router is not None:
            await self._said(self._router.on_assigned(partitions))

    async def _deliver(self, delivered: object) -> None:
        if self._router is not None:
            await self._said(_route(self._router, delivered))

    async def _said(self, done: Awaitable[None]) -> None:
        try:
            await done
        except Exception as error:  # noqa: BLE001  # FastStream and aiokafka would swallow it
            self._observe(RouteFailed(type(error).__name__))

    def _current(self) -> AIOKafkaConsumer | None:
        return self._subscriber.consumer


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    def __init__(self, host: FastStreamHost) -> None:
        self._host = host

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._host.revoked([Partition(p.partition) for p in revoked])

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self._host.assigned([Partition(p.partition) for p in assigned])


def _subscriber(broker: KafkaBroker, spec: Spec, settings: HostSettings, listener: _Listener) -> Any:  # noqa: ANN401  # FastStream keeps its type private
    return broker.subscriber(
        spec.input_topic,
        group_id=spec.group,
        batch=True,
        ack_policy=AckPolicy.MANUAL,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        batch_timeout_ms=settings.batch_ms,
        max_records=settings.batch_records,
        session_timeout_ms=settings.session_ms,
        heartbeat_interval_ms=settings.heartbeat_ms,
        rebalance_timeout_ms=settings.rebalance_ms,
        max_poll_interval_ms=settings.poll_ms,
        listener=listener,
        parser=_parse,
        decoder=_decode,
        title=f"{spec.name}: {spec.input_topic}",
    )


async def _parse(raw: tuple[ConsumerRecord, ...]) -> KafkaMessage:
    # One value for the whole batch; FastStream's own parser makes a dictionary for each record.
    return KafkaMessage(raw, b"", consumer=FAKE_CONSUMER)


async def _decode(message: KafkaMessage) -> object:
    return message.raw_message


async def _route(router: Router, delivered: object) -> None:
    if not isinstance(delivered, tuple):
        raise TypeError(f"expected a tuple of records, got {type(delivered).__name__}")
    await router.route([record_of(raw) for raw in delivered])
