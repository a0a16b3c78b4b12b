"""How transactions end, early and late, held against a real Kafka and against the model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from exactly_once import FencedError, Offset, Partition
from support.transactions import begun, ends, readable, send
from support.worlds import ModelWorld

if TYPE_CHECKING:
    from support.worlds import World

P0 = Partition(0)


async def test_a_strangers_open_transaction_hides_what_we_have_committed(world: World) -> None:
    stranger = world.strangers(P0)
    await stranger.start()
    await stranger.begin()
    await send(world, stranger, b"strange")
    async with begun(world) as producer:
        await send(world, producer, b"a")
        await producer.commit()
        end = await ends(world)
        hidden = await readable(world)
    await stranger.commit()
    await stranger.discard()

    assert (end.stable, end.high > 1, hidden) == (0, True, [])


async def test_our_fence_does_not_end_a_strangers_transaction(world: World) -> None:
    stranger = world.strangers(P0)
    await stranger.start()
    await stranger.begin()
    await send(world, stranger, b"strange")
    async with begun(world):
        end = await ends(world)
    await stranger.commit()
    await stranger.discard()

    assert (end.stable, end.high) == (0, 1)


async def test_the_next_transaction_waits_for_the_markers_of_the_one_before(world: World) -> None:
    if isinstance(world, ModelWorld):
        world.let_markers_be_late(0.1)
    async with begun(world) as producer:
        await send(world, producer, b"a")
        await producer.commit()
        await producer.begin()
        second = await send(world, producer, b"b")

    assert second == 2


async def test_the_next_owner_waits_for_the_markers_of_the_one_before(world: World) -> None:
    if isinstance(world, ModelWorld):
        world.let_markers_be_late(0.1)
    async with begun(world) as former:
        await send(world, former, b"a")
        await former.commit()
        async with begun(world):
            end = await ends(world)

    assert (end.stable, end.high) == (2, 2)


async def test_the_next_owner_waits_until_what_was_open_has_been_aborted_everywhere(world: World) -> None:
    if isinstance(world, ModelWorld):
        world.let_markers_be_late(0.1)
    async with begun(world) as former:
        await send(world, former, b"a")
        async with begun(world):
            end = await ends(world)

    assert (end.stable, end.high) == (2, 2)


async def test_a_former_owner_cannot_add_an_offset(world: World) -> None:
    # How a worker learns that what it has read means nothing.
    async with begun(world) as former, begun(world):
        with pytest.raises(FencedError):
            await former.send_offset(world.spec.input_topic, Offset(0), world.spec.group)


async def test_a_transaction_that_is_open_for_too_long_is_ended_and_its_owner_fenced(world: World) -> None:
    producer = world.impatient(P0)
    await producer.start()
    await producer.begin()
    await send(world, producer, b"a")
    async with asyncio.timeout(30):
        while (end := await ends(world)).stable != end.high:  # noqa: ASYNC110  # the broker tells nobody
            await asyncio.sleep(0.1)
    with pytest.raises(FencedError):
        await producer.commit()
    await producer.discard()

    assert await readable(world) == []
