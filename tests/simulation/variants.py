"""The leases as they are, and broken ones that the simulation must find: each lacks one guard."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from exactly_once import Batch, Leases, Output
from exactly_once.acquiring import Held, acquire
from exactly_once.caution import most_records
from exactly_once.deciding import Deciding
from exactly_once.feed import Feed, _Trust
from exactly_once.lease import Lease
from exactly_once.loading import Loader
from exactly_once.protocols import Ends
from exactly_once.status import Ready
from exactly_once.writing import Writer
from simulation.pondering import Pondering
from support.copying import Counts
from support.kafka_model_ports import ModelLog, ModelProducer, ModelProducers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from exactly_once import LogIdentity, Partition, Record, Setting, Spec
    from exactly_once.protocols import Log, Producer, ProducerFactory
    from exactly_once.records import Offset
    from simulation.network import Line


@dataclass(frozen=True)
class Variant:
    """How a worker is put together; ``sign`` is what must be found of a broken one."""

    name: str
    sign: str = ""
    leases: Callable[[Setting[Counts, Counts]], Leases[Counts, Counts]] = Leases
    application: Callable[[Spec], Pondering] = Pondering
    producers: Callable[[Line, Spec], ProducerFactory] = ModelProducers
    log: Callable[[ModelLog], Log] = lambda log: log


SOUND: Final = Variant("sound")


# ---- the transactional id belongs to the worker ---------------------------------------------------------------


@dataclass(frozen=True)
class WorkersProducers:
    """Nobody is fenced when a partition moves: each worker has an id of its own."""

    wire: Line
    spec: Spec

    def __call__(self, partition: Partition) -> ModelProducer:
        return ModelProducer(self.wire, self.spec, partition, f"{self.spec.name}.{self.wire.who}.{partition}")


# ---- leases of another kind -----------------------------------------------------------------------------------


class OtherLeases(Leases[Counts, Counts]):
    """Leases whose lease is of another class."""

    def __init__(self, lease: type[Lease[Counts, Counts]], setting: Setting[Counts, Counts]) -> None:
        super().__init__(setting)
        self._lease = lease

    def _begin(self, partition: Partition) -> None:
        lease = self._lease(self._setting, partition)
        lease.feed.realign()
        self._leases[partition] = lease
        self._tasks[partition] = asyncio.create_task(lease.run())


class PositionBeforeFence(Lease[Counts, Counts]):
    """The former owner may commit between the look at the position and the fence."""

    async def _acquire(self, producer: Producer) -> Held[Counts]:
        early = await _loader(self._setting).load(self.partition)
        held = await super()._acquire(producer)
        held.position = replace(held.position, next_input=early.position.next_input)
        self.feed.open(held.position.next_input)
        return held


class StateBeforeFence(Lease[Counts, Counts]):
    """The former owner may commit between the load of the state and the fence."""

    async def _acquire(self, producer: Producer) -> Held[Counts]:
        early = await _loader(self._setting).load(self.partition)
        held = await super()._acquire(producer)
        held.state = early.state
        return held


@dataclass(frozen=True)
class HastyLog:
    """Says that nothing is open, so that nobody waits for the last stable offset; reading is what it is."""

    log: ModelLog

    async def identity(self, topics: Sequence[str]) -> LogIdentity:
        return await self.log.identity(topics)

    async def ends(self, topics: Sequence[str], partition: Partition) -> tuple[Ends, ...]:
        answered = await self.log.ends(topics, partition)
        return tuple(Ends(e.start, e.high, e.high) for e in answered)

    def read(
        self, topic: str, partition: Partition, start: Offset, end: Offset
    ) -> AsyncGenerator[Sequence[Record], None]:
        return self.log.read(topic, partition, start, end)


# ---- writing --------------------------------------------------------------------------------------------------


class CarelessWriter(Writer):
    """Waits for the answers of the main log only."""

    async def _send_all(self, outputs: Sequence[Output], next_input: Offset) -> dict[str, Offset]:
        kept = [output for output in outputs if output.topic == self.spec.state_topic]
        if kept:
            sending = asyncio.create_task(self.producer.send(self.spec.state_topic, kept))
            _UNAWAITED.add(sending)
            sending.add_done_callback(_forget)
        return await super()._send_all([o for o in outputs if o.topic != self.spec.state_topic], next_input)


class SendNotAwaited(Lease[Counts, Counts]):
    async def _acquire(self, producer: Producer) -> Held[Counts]:
        held = await super()._acquire(producer)
        held.writer = CarelessWriter(producer, self._setting.spec, held.writer.tail)
        return held


_UNAWAITED: Final[set[asyncio.Task[Offset]]] = set()
"""Kept alive, else Python would report them."""


def _forget(sending: asyncio.Task[Offset]) -> None:
    _UNAWAITED.discard(sending)
    if not sending.cancelled():
        sending.exception()


# ---- deciding -------------------------------------------------------------------------------------------------


class FactsUpFront(Pondering):
    """Every record of a batch is decided on the state before the batch."""

    async def decide(self, state: Counts, records: Sequence[Record]) -> Batch[Counts]:
        batches = [await super(FactsUpFront, self).decide(state, [record]) for record in records]
        overlay = {key: count for batch in batches for key, count in batch.overlay.items()}
        outputs = [output for batch in batches for output in batch.outputs]
        return Batch(overlay, outputs, {key: str(count).encode() for key, count in overlay.items()})


# ---- the feed -------------------------------------------------------------------------------------------------


class TrustingFeed(Feed):
    """Believes the first delivery after a seek, wherever it begins."""

    def _is_stale(self, first: Offset) -> bool:  # noqa: ARG002  # the base's
        return False


class TrustsTheFirstDelivery(Lease[Counts, Counts]):
    def __init__(self, setting: Setting[Counts, Counts], partition: Partition) -> None:
        super().__init__(setting, partition)
        self.feed = TrustingFeed(setting.consumer, partition, setting.limits)


class GapFeed(Feed):
    """Sought by its lease, ready only later; what came in between was dropped."""

    def open(self, next_input: Offset) -> None:
        self._inbox.clear()
        self._expected = next_input
        self._trust = _Trust.SOUGHT_BETWEEN


class GapBeforeReady(Lease[Counts, Counts]):
    def __init__(self, setting: Setting[Counts, Counts], partition: Partition) -> None:
        super().__init__(setting, partition)
        self.feed = GapFeed(setting.consumer, partition, setting.limits)

    async def _acquire(self, producer: Producer) -> Held[Counts]:
        held, _ = await acquire(self._setting, self.partition, producer, self._progressed)
        self._setting.consumer.seek(self.partition, held.position.next_input)
        self._setting.consumer.resume(self.partition)
        await asyncio.sleep(0.01)
        self.feed.open(held.position.next_input)
        self._enter(Ready(held.position.next_input))
        return held


def _loader(setting: Setting[Counts, Counts]) -> Loader[Counts, Counts]:
    return Loader(setting.spec, setting.application, setting.log, setting.limits.acquire_seconds, lambda: None)


# ---- guards that the simulation has asked for -------------------------------------------------------------------


class BelievingFeed(Feed):
    """Takes what is delivered during a rebalance, wherever the group's offset has put the consumer."""

    def suspend(self) -> None:
        """Go on as if nothing had been said."""


class BelievesDuringARebalance(Lease[Counts, Counts]):
    def __init__(self, setting: Setting[Counts, Counts], partition: Partition) -> None:
        super().__init__(setting, partition)
        self.feed = BelievingFeed(setting.consumer, partition, setting.limits)


class GenerousDeciding(Deciding[Counts, Counts]):
    """Takes a refused record together with what follows it."""

    def most_records(self, first: Offset) -> int:
        return most_records(self._caution, first, self._setting.limits.transaction_records)


class AnswersTogether(Lease[Counts, Counts]):
    def __init__(self, setting: Setting[Counts, Counts], partition: Partition) -> None:
        super().__init__(setting, partition)
        self._deciding = GenerousDeciding(setting, partition)


def _leases(name: str, sign: str, lease: type[Lease[Counts, Counts]]) -> Variant:
    return Variant(name, sign, leases=partial(OtherLeases, lease))


LAST_STABLE: Final = "state loaded before the last stable offset is the high watermark"

BROKEN: Final = (
    Variant("one producer per worker", "twice", producers=WorkersProducers),
    _leases("position read before the fence", "twice", PositionBeforeFence),
    _leases("state loaded before the fence", "numbers", StateBeforeFence),
    Variant(LAST_STABLE, "LeaseHalted", log=HastyLog),
    _leases("a send not awaited", "numbers", SendNotAwaited),
    Variant("facts made up front for a whole batch", "numbers", application=FactsUpFront),
    _leases("a gap between seek and ready", "lost", GapBeforeReady),
    _leases("a feed that trusts the first delivery after a seek", "lost", TrustsTheFirstDelivery),
    _leases("a feed that believes what comes during a rebalance", "lost", BelievesDuringARebalance),
    _leases("a refused record answered together with the next", "lost", AnswersTogether),
)

BY_NAME: Final = {variant.name: variant for variant in (SOUND, *BROKEN)}
