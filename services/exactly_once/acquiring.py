"""Taking a partition: the fence first, then the wait, then the state.

Only the fence ends what a previous owner has under way. The last stable offset reaches the high
watermark when all of that has been decided; what is read before it may be followed by a commit that
one has not seen.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from exactly_once.application import StateT
from exactly_once.bounded import within
from exactly_once.errors import HaltedError
from exactly_once.loading import Loaded, Loader
from exactly_once.observations import OpenTransaction
from exactly_once.records import Offset
from exactly_once.tail import Tail
from exactly_once.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from exactly_once.application import OverlayT
    from exactly_once.position import Position
    from exactly_once.protocols import Producer
    from exactly_once.records import Partition
    from exactly_once.setting import Setting


@dataclass(slots=True)
class Held(Generic[StateT]):
    """What a lease holds from ready to the first failure."""

    state: StateT
    position: Position
    writer: Writer


async def acquire(
    setting: Setting[StateT, OverlayT], partition: Partition, producer: Producer, progressed: Callable[[], None]
) -> tuple[Held[StateT], Loaded[StateT]]:
    """Fence the previous owner of a partition and load what it has left.

    Raises:
        BrokerError: no answer in time, or another owner has taken the partition meanwhile.
        HaltedError: the logs do not fit together, and the partition is still ours; see ``Loader.load``.
    """
    await within(setting.limits.acquire_seconds, "a producer for the partition", producer.start())
    progressed()
    await _until_stable(setting, partition, progressed)
    loader = Loader(setting.spec, setting.application, setting.log, setting.limits.acquire_seconds, progressed)
    try:
        loaded = await loader.load(partition)
    except HaltedError:
        await still_ours(setting, producer)
        raise
    writer = Writer(producer, setting.spec, Tail(partition, setting.spec.main_topic, loaded.main_end))
    if loaded.replayed is not None:
        await _keep(setting, partition, loader, loaded, writer)
    return Held(loaded.state, loaded.position, writer), loaded


async def still_ours(setting: Setting[StateT, OverlayT], producer: Producer) -> None:
    """Ask the broker for what only the owner of a partition is granted, before a finding in its logs is believed.

    Who was stopped while reading may have read one log before, another after the next owner's commits: they
    seem not to fit together. The offset that is asked for is never committed.

    Raises:
        FencedError: another owner has taken the partition; what was read means nothing.
        BrokerError: no answer.
    """
    spec = setting.spec
    await producer.begin()
    asked = producer.send_offset(spec.input_topic, Offset(0), spec.group)
    await within(setting.limits.acquire_seconds, "word that the partition is still ours", asked)


async def _until_stable(
    setting: Setting[StateT, OverlayT], partition: Partition, progressed: Callable[[], None]
) -> None:
    limits, topics = setting.limits, (setting.spec.main_topic, setting.spec.state_topic)
    now = asyncio.get_running_loop().time
    since = said = now()
    while True:
        ends = await within(limits.acquire_seconds, "the ends of the logs", setting.log.ends(topics, partition))
        progressed()
        if all(e.stable == e.high for e in ends):
            return
        if now() - said >= limits.stable_warning_seconds:
            said = now()
            setting.observe(OpenTransaction(partition, now() - since))
        await asyncio.sleep(limits.stable_poll_seconds)


async def _keep(
    setting: Setting[StateT, OverlayT],
    partition: Partition,
    loader: Loader[StateT, OverlayT],
    loaded: Loaded[StateT],
    writer: Writer,
) -> None:
    """Write a state that was folded from the main log back to the state topic, old keys deleted."""
    updates: dict[bytes, bytes | None] = dict.fromkeys(await loader.state_keys(partition))
    updates.update(setting.application.snapshot(loaded.state))
    entries, size = list(updates.items()), setting.limits.snapshot_records
    for start in range(0, max(len(entries), 1), size):
        position = loaded.position if start + size >= len(entries) else None
        some = dict(entries[start : start + size])
        await within(setting.limits.acquire_seconds, "a part of the snapshot", writer.write_snapshot(some, position))
