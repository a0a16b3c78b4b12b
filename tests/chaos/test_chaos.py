"""Something dies under load: nothing is lost, nothing is done twice, every rule of ``mfa verify`` holds afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Final

from chaos.arena import attacked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    import pytest

    from chaos.arena import Arena, Row

LONGER_THAN_A_SESSION_SECONDS: Final = 13.0


async def a_worker_is_killed(arena: Arena) -> None:
    arena.killed(arena.commands[0].child)
    arena.another_worker()


async def a_worker_is_stopped_for_longer_than_its_session(arena: Arena) -> None:
    zombie = arena.commands[0].child.process
    os.kill(zombie.pid, signal.SIGSTOP)
    await asyncio.sleep(LONGER_THAN_A_SESSION_SECONDS)
    os.kill(zombie.pid, signal.SIGCONT)


async def the_broker_is_killed_and_restarted(arena: Arena) -> None:
    arena.killed(arena.kafka)
    await asyncio.sleep(1)
    arena.again(arena.kafka)


async def the_database_is_killed_and_restarted(arena: Arena) -> None:
    arena.killed(arena.postgres)
    await asyncio.sleep(1)
    arena.again(arena.postgres)


ATTACKS: Final[tuple[Callable[[Arena], Awaitable[None]], ...]] = (
    a_worker_is_killed,
    a_worker_is_stopped_for_longer_than_its_session,
    the_database_is_killed_and_restarted,
)
BY_HAND: Final[tuple[Callable[[Arena], Awaitable[None]], ...]] = (the_broker_is_killed_and_restarted,)
"""With ``--all-attacks``. The audit stream does not always come back: see docs/exactly-once.md, "Known"."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    attacks = (*ATTACKS, *BY_HAND) if metafunc.config.getoption("--all-attacks", default=False) else ATTACKS
    metafunc.parametrize("attack", attacks, ids=lambda attack: attack.__name__)


async def test_nothing_is_lost_and_nothing_is_done_twice_when(
    attack: Callable[[Arena], Awaitable[None]], tmp_path: Path, rows: list[Row]
) -> None:
    row = await attacked(attack.__name__, tmp_path, attack)
    rows.append(row)

    assert (row.lost, row.duplicated, row.broken) == (0, 0, [])
