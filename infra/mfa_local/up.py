"""Everything up until Ctrl-C: servers, and unless told otherwise the workers."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

from rich.console import Console

from mfa_local import child
from mfa_local.errors import LocalError
from mfa_local.places import Places
from mfa_local.settings import read_settings
from mfa_local.stack import Stack, local_stack
from mfa_local.workers import WORKERS, running_workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_local.child import Child
    from mfa_local.settings import Choice
    from mfa_local.workers import Worker

_WATCH_S: Final = 0.5
_ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(*, fresh: bool = False, workers: Sequence[str] = WORKERS, choice: Choice = "auto") -> int:
    """Run until Ctrl-C or SIGTERM (exit code 0), or until something that runs ends by itself (1, with a message).

    ``workers`` are the modules to run beside the servers. The first Ctrl-C ends everything in order, also while it is
    still starting; a second one does not wait.
    """
    console = Console(stderr=True)
    try:
        asyncio.run(_up(console, workers, fresh=fresh, choice=choice))
    except LocalError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return 1
    except asyncio.CancelledError:
        return 0
    return 0


async def _up(console: Console, names: Sequence[str], *, fresh: bool, choice: Choice) -> None:
    _end_on_signals(console)
    async with AsyncExitStack() as running:
        console.print("Starting Kafka and PostgreSQL …")
        stack = await running.enter_async_context(local_stack(os.environ, choice=choice, fresh=fresh))
        workers = await running.enter_async_context(running_workers(stack.connection, names))
        _show(console, stack, workers)
        await _watch([*stack.children, *(worker.child for worker in workers)])


def _end_on_signals(console: Console) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def end() -> None:
        for number in _ENDS:
            loop.remove_signal_handler(number)
        console.print("Stopping …")
        if task is not None:
            task.cancel()

    for number in _ENDS:
        loop.add_signal_handler(number, end)


async def _watch(children: Sequence[Child]) -> None:
    while True:
        for each in children:
            child.must_run(each)
        await asyncio.sleep(_WATCH_S)


def _show(console: Console, stack: Stack, workers: Sequence[Worker]) -> None:
    connection, places = stack.connection, Places(read_settings(os.environ).root)
    rows = [
        ("Kafka", f"{connection.kafka_bootstrap}  ({connection.kafka_version}, {connection.backend})"),
        ("PostgreSQL", f"{connection.database_url}  ({connection.postgres_version})"),
        *((worker.name, f"{worker.url}/health/ready") for worker in workers),
        ("Logs", str(connection.log_dir)),
        ("Details", str(places.connection)),
    ]
    for name, value in rows:
        # Not wrapped, so that an address can be copied from a terminal of any width.
        console.print(f"  {name:<16} {value}", markup=False, highlight=False, soft_wrap=True)
    console.print("Ready. Stop with Ctrl-C.")
