"""What the leases rely on of a consumer group, held against a real Kafka and against the model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from exactly_once import Offset, Output, Partition
from support.transactions import begun
from support.worlds import Heard

if TYPE_CHECKING:
    from support.worlds import World

P0, P1 = Partition(0), Partition(1)
BOTH = frozenset((P0, P1))
ELSEWHERE = Partition(17)


async def test_a_lone_member_is_given_every_partition(world: World) -> None:
    heard = Heard()
    async with world.member(heard) as consumer:
        assert (heard.assigned, consumer.assignment()) == (BOTH, BOTH)


async def test_a_member_is_given_what_was_there_before(world: World) -> None:
    heard = Heard()
    await world.write(world.spec.input_topic, 0, [b"a", b"b"])
    async with world.member(heard):
        await heard.until(0, [b"a", b"b"])


async def test_a_member_begins_where_the_last_committed_transaction_says(world: World) -> None:
    heard, spec = Heard(), world.spec
    await world.write(spec.input_topic, 0, [b"a", b"b", b"c"])
    async with begun(world) as producer:
        await producer.send_offset(spec.input_topic, Offset(2), spec.group)
        await producer.commit()
    async with world.member(heard):
        await heard.until(0, [b"c"])


async def test_nothing_of_an_open_transaction_is_delivered(world: World) -> None:
    heard, topic = Heard(), world.spec.input_topic
    async with begun(world) as producer, world.member(heard):
        await producer.send(topic, [Output(topic, b"k", b"a")])
        await asyncio.sleep(0.2)
        assert heard.values() == []
        await producer.commit()
        await heard.until(0, [b"a"])


async def test_a_seek_delivers_again_from_there(world: World) -> None:
    heard = Heard()
    await world.write(world.spec.input_topic, 0, [b"a", b"b", b"c"])
    async with world.member(heard) as consumer:
        await heard.until(0, [b"a", b"b", b"c"])
        consumer.seek(P0, Offset(1))
        await heard.until(0, [b"a", b"b", b"c", b"b", b"c"])


async def test_a_pause_delivers_nothing_until_it_ends(world: World) -> None:
    heard = Heard()
    async with world.member(heard) as consumer:
        consumer.pause(P0)
        await world.write(world.spec.input_topic, 0, [b"a"])
        await asyncio.sleep(0.3)
        assert heard.values() == []
        consumer.resume(P0)
        await heard.until(0, [b"a"])


async def test_a_pause_of_one_partition_does_not_hold_up_the_other(world: World) -> None:
    heard = Heard()
    async with world.member(heard) as consumer:
        consumer.pause(P0)
        await world.write(world.spec.input_topic, 1, [b"a"])
        await heard.until(1, [b"a"])


async def test_a_partition_that_is_not_held_is_ignored(world: World) -> None:
    async with world.member(Heard()) as consumer:
        consumer.seek(ELSEWHERE, Offset(0))
        consumer.pause(ELSEWHERE)
        consumer.resume(ELSEWHERE)


async def test_when_another_joins_everything_is_revoked_and_shared(world: World) -> None:
    first, second = Heard(), Heard()
    async with world.member(first), world.member(second):
        await first.until_assigned(1)
        assert (first.revoked[-1], len(first.assigned), first.assigned | second.assigned) == (BOTH, 1, BOTH)


async def test_when_another_leaves_its_partition_comes_back(world: World) -> None:
    first, second = Heard(), Heard()
    async with world.member(first):
        async with world.member(second):
            pass
        await first.until_assigned(2)
