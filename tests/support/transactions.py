"""Short words for scripts about transactions on partition 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once import Offset, Output, Partition

if TYPE_CHECKING:
    from exactly_once.protocols import Ends, Producer
    from support.worlds import World

P0 = Partition(0)


class begun:  # noqa: N801  # reads as a word of the script
    """A producer of partition 0 in a transaction; discarded at the end."""

    def __init__(self, world: World) -> None:
        self._producer = world.producers(P0)

    async def __aenter__(self) -> Producer:
        await self._producer.start()
        await self._producer.begin()
        return self._producer

    async def __aexit__(self, *_: object) -> None:
        await self._producer.discard()


async def send(world: World, producer: Producer, *values: bytes) -> Offset:
    topic = world.spec.main_topic
    return await producer.send(topic, [Output(topic, b"k", value) for value in values])


async def ends(world: World) -> Ends:
    (end,) = await world.log.ends([world.spec.main_topic], P0)
    return end


async def readable(world: World, topic: str = "", start: int = 0, end: int = -1) -> list[bytes | None]:
    topic = topic or world.spec.main_topic
    (known,) = await world.log.ends([topic], P0)
    stop = Offset(end) if end >= 0 else known.stable
    return [r.value async for chunk in world.log.read(topic, P0, Offset(start), stop) for r in chunk]
