"""The workers reach their servers by ways that are cut, slow, or let nothing pass."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from chaos.arena import servers, with_broker_settings, with_workers
from chaos.attacked import Attack
from mfa_local import ports
from support.cut import way_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from chaos.arena import Arena

LONGER_THAN_A_SESSION_SECONDS: Final = 13.0
BROKER, DATABASE = "broker", "database"


async def the_way_to_the_broker_is_cut(arena: Arena) -> None:
    await _cut(arena, BROKER, LONGER_THAN_A_SESSION_SECONDS)


async def the_way_to_the_broker_is_cut_again_and_again(arena: Arena) -> None:
    for _ in range(10):
        await _cut(arena, BROKER, 0.3)
        await asyncio.sleep(1.5)


async def nothing_passes_to_the_broker_on_connections_that_stand(arena: Arena) -> None:
    await _held(arena, BROKER, LONGER_THAN_A_SESSION_SECONDS)


async def the_way_to_the_broker_is_slow(arena: Arena) -> None:
    arena.ways[BROKER].slow(0.2)
    await asyncio.sleep(LONGER_THAN_A_SESSION_SECONDS)
    arena.ways[BROKER].mend()


async def the_way_to_the_database_is_cut(arena: Arena) -> None:
    await _cut(arena, DATABASE, 5)


async def nothing_passes_to_the_database_on_connections_that_stand(arena: Arena) -> None:
    await _held(arena, DATABASE, LONGER_THAN_A_SESSION_SECONDS)


async def _cut(arena: Arena, where: str, seconds: float) -> None:
    arena.ways[where].cut()
    await asyncio.sleep(seconds)
    arena.ways[where].mend()


async def _held(arena: Arena, where: str, seconds: float) -> None:
    arena.ways[where].hold()
    await asyncio.sleep(seconds)
    arena.ways[where].mend()


@asynccontextmanager
async def by_ways(root: Path) -> AsyncIterator[Arena]:
    """Between the workers and each of their servers there is a way; the load goes straight."""
    async with servers(root) as place:
        inside = ports.free_port()
        async with (
            way_to(f"kafka://127.0.0.1:{inside}") as (to_broker, broker),
            way_to(place.connection.database_url) as (to_database, database_url),
        ):
            outside = urlsplit(broker).netloc.removeprefix("@")
            await with_broker_settings(place, _a_listener_for_workers(place, f"127.0.0.1:{inside}", outside))
            place.ways = {BROKER: to_broker, DATABASE: to_database}
            place.for_workers = replace(place.connection, kafka_bootstrap=outside, database_url=database_url)
            async with with_workers(place):
                yield place


def _a_listener_for_workers(place: Arena, inside: str, outside: str) -> Mapping[str, str]:
    """Kafka's clients go where the broker says that it is; so it must say the way's address."""
    was = place.broker_settings()
    return {
        "listeners": f"{was['listeners']},WORKERS://{inside}",
        "advertised.listeners": f"{was['advertised.listeners']},WORKERS://{outside}",
        "listener.security.protocol.map": f"{was['listener.security.protocol.map']},WORKERS:PLAINTEXT",
    }


ATTACKS: Final = (
    Attack(the_way_to_the_broker_is_cut, stage=by_ways),
    Attack(the_way_to_the_broker_is_cut_again_and_again, stage=by_ways),
    Attack(nothing_passes_to_the_broker_on_connections_that_stand, stage=by_ways),
    Attack(the_way_to_the_broker_is_slow, stage=by_ways),
    Attack(the_way_to_the_database_is_cut, stage=by_ways),
    Attack(nothing_passes_to_the_database_on_connections_that_stand, stage=by_ways),
)
