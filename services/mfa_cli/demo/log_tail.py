"""The events that a step has left, read from ``mfa.events`` itself: the outcome's word for it is not enough."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from mfa_cli.demo.errors import SilentLogError
from mfa_contracts.codec import decode_event
from mfa_contracts.topics import EVENTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from mfa_contracts.events import Event
    from mfa_contracts.ids import EventId, TenantId

_PATIENCE_S: Final = 10.0
_POLL_MS: Final = 50


class LogTail:
    """What is appended from now on, for one tenant."""

    def __init__(self, consumer: AIOKafkaConsumer, tenant: TenantId) -> None:
        self._consumer = consumer
        self._tenant = tenant
        self._seen: dict[EventId, Event] = {}

    async def events(self, ids: Sequence[EventId]) -> Sequence[Event]:
        """The events with these ids, in the order of the log.

        Raises:
            SilentLogError: they are not there after ten seconds.
        """
        clock = asyncio.get_running_loop().time
        late = clock() + _PATIENCE_S
        while not self._seen.keys() >= set(ids):
            if clock() > late:
                raise SilentLogError(
                    f"expected events {', '.join(map(str, ids))} in {EVENTS} within {_PATIENCE_S:.0f} s"
                )
            await self._poll()
        return [event for event in self._seen.values() if event.id in ids]

    async def _poll(self) -> None:
        got = await self._consumer.getmany(timeout_ms=_POLL_MS)
        for event in (decode_event(raw.value) for records in got.values() for raw in records):
            if event.tenantid == self._tenant:
                self._seen[event.id] = event


@asynccontextmanager
async def log_tail(bootstrap: str, tenant: TenantId, partitions: int) -> AsyncIterator[LogTail]:
    """From the present end of all partitions on, until the end of the block."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False, fetch_max_wait_ms=50
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(EVENTS, number) for number in range(partitions)])
        await consumer.seek_to_end()
        yield LogTail(consumer, tenant)
    finally:
        await consumer.stop()
