"""Taking a transactional producer of aiokafka apart, whatever state it is in.

Its own ``stop`` flushes first and waits for requests without a bound; one that failed would go on asking the
broker in the background. Nothing may be sent any more here: the next owner's InitProducerId ends the transaction.
This reaches into the client's parts, whose version is pinned.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiokafka.errors import ProducerClosed

from exactly_once.adapters.aiokafka_stop import stop

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer


async def discard(producer: AIOKafkaProducer, seconds: float) -> None:
    """Cancel its tasks, fail what waits, close its connections; never raises, takes ``seconds`` at most twice."""
    transports = _transports(producer)
    tasks = _tasks(producer)
    for task in tasks:
        task.cancel()
    _fail_what_waits(producer)
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
    await stop(producer, seconds)
    for transport in transports:
        transport.abort()


def _tasks(producer: AIOKafkaProducer) -> set[asyncio.Task[Any]]:
    # A sender that has died leaves its requests running, and nobody keeps hold of those tasks.
    sender = producer._sender  # noqa: SLF001  # see the module's first lines
    return {task for task in asyncio.all_tasks() if _self_of(task) is sender}


def _self_of(task: asyncio.Task[Any]) -> object:
    frame = getattr(task.get_coro(), "cr_frame", None)
    return frame.f_locals.get("self") if frame is not None else None


def _fail_what_waits(producer: AIOKafkaProducer) -> None:
    waiting = _batches(producer)
    if waiting:
        producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001  # as above
    for batch in waiting:
        _mark_seen(batch.future)
        _mark_seen(batch._drain_waiter)  # noqa: SLF001  # as above
    _mark_seen(producer._txn_manager._transaction_waiter)  # noqa: SLF001  # as above


def _batches(producer: AIOKafkaProducer) -> list[Any]:
    accumulator = producer._message_accumulator  # noqa: SLF001  # as above
    queued = [batch for batches in accumulator._batches.values() for batch in batches]  # noqa: SLF001  # as above
    return [*queued, *accumulator._pending_batches]  # noqa: SLF001  # as above


def _mark_seen(future: asyncio.Future[Any] | None) -> None:
    # Else the loop reports an exception that nobody asked for, when the future is collected.
    if future is not None and future.done() and not future.cancelled():
        future.exception()


def _transports(producer: AIOKafkaProducer) -> list[asyncio.WriteTransport]:
    connections = producer.client._conns.values()  # noqa: SLF001  # as above
    return [c._writer.transport for c in connections if c._writer is not None]  # noqa: SLF001  # as above
