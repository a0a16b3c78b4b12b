"""Workers that die, sleep, stall, come and go."""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partial
from typing import TYPE_CHECKING, Final

from chaos.attacked import Attack
from chaos.bent import PLACES, STALLED_SECONDS
from mfa_local.workers import ready, stop_worker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from chaos.arena import Arena
    from mfa_local.workers import Worker

LONGER_THAN_A_SESSION_SECONDS: Final = 13.0
_DEATH_SECONDS: Final = 45.0


async def a_worker_is_killed(arena: Arena) -> None:
    arena.killed(arena.commands[0].child)
    arena.another_worker()


async def a_worker_is_stopped_for_longer_than_its_session(arena: Arena) -> None:
    await _sleep_and_wake(arena.commands[0])


async def a_read_side_is_stopped_for_longer_than_its_session(arena: Arena) -> None:
    await ready(arena.another_read_side())
    await _sleep_and_wake(arena.read_side[0])


async def workers_come_and_go(arena: Arena) -> None:
    for _ in range(3):
        newest = arena.another_worker()
        await ready(newest)
        await stop_worker(arena.commands.pop(0))
        await ready(arena.another_read_side())
        await stop_worker(arena.read_side.pop(0))
        await asyncio.sleep(1)


async def an_event_loop_stalls_for_longer_than_a_session(arena: Arena) -> None:
    bent = arena.bent("mfa_commands", [])
    await ready(bent)
    os.kill(bent.child.process.pid, signal.SIGUSR1)
    await asyncio.sleep(STALLED_SECONDS)


async def a_workers_clock_jumps_an_hour(arena: Arena) -> None:
    for name in ("mfa_commands", "mfa_projections"):
        bent = arena.bent(name, [])
        await ready(bent)
        os.kill(bent.child.process.pid, signal.SIGUSR2)
    await stop_worker(arena.commands.pop(0))
    await stop_worker(arena.read_side.pop(0))
    await asyncio.sleep(3)


async def _dies(arena: Arena, place: str) -> None:
    """A worker that will die at this place takes the place of a sound one; when it is dead a sound one comes."""
    of_the_read_side = "database" in place
    sound = arena.read_side if of_the_read_side else arena.commands
    await stop_worker(sound.pop(0))
    doomed = arena.bent("mfa_projections" if of_the_read_side else "mfa_commands", ["--die", place, "--after", "20"])
    code = await asyncio.to_thread(doomed.child.process.wait, _DEATH_SECONDS)
    assert code == -signal.SIGKILL, f"expected it dead at {place}, got exit code {code}"
    _ = arena.another_read_side() if of_the_read_side else arena.another_worker()


def _dying(place: str) -> Callable[[Arena], Awaitable[None]]:
    strike = partial(_dies, place=place)
    strike.__name__ = f"a_worker_dies_{place.replace('-', '_')}"  # type: ignore[attr-defined]  # as a function has
    return strike


async def _sleep_and_wake(worker: Worker) -> None:
    os.kill(worker.child.process.pid, signal.SIGSTOP)
    await asyncio.sleep(LONGER_THAN_A_SESSION_SECONDS)
    os.kill(worker.child.process.pid, signal.SIGCONT)


ATTACKS: Final = (
    Attack(a_worker_is_killed, always=True),
    Attack(a_worker_is_stopped_for_longer_than_its_session, always=True),
    Attack(a_read_side_is_stopped_for_longer_than_its_session),
    Attack(workers_come_and_go),
    Attack(an_event_loop_stalls_for_longer_than_a_session),
    Attack(a_workers_clock_jumps_an_hour),
    *(Attack(_dying(place)) for place in PLACES),
)
