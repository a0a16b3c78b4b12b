"""What is attacked: real servers, two command workers and a read side, each a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mfa_local import child, ports, postgres_home
from mfa_local.places import Places
from mfa_local.stack import local_stack
from mfa_local.workers import Worker, ready, start_worker, stop_worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from mfa_local.child import Child
    from mfa_local.connection import Connection
    from support.cut import Way

PARTITIONS: Final = 4
_TESTS: Final = Path(__file__).parents[1]


@dataclass
class Arena:
    """``for_workers`` is how the workers reach the servers; the load and the verification go by ``connection``.

    ``kept`` are processes that took the place of others; they are ended with the arena. ``ways`` lead from the
    workers to a server, where there are any.
    """

    root: Path
    connection: Connection
    for_workers: Connection
    brokers: list[Child]
    postgres: Child
    commands: list[Worker] = field(default_factory=list)
    read_side: list[Worker] = field(default_factory=list)
    kept: list[Child] = field(default_factory=list)
    ways: dict[str, Way] = field(default_factory=dict)

    @property
    def kafka(self) -> Child:
        """The only broker, or the first."""
        return self.brokers[0]

    def broker_settings(self) -> dict[str, str]:
        """The broker's settings as they are in its file."""
        return dict(line.split("=", 1) for line in _settings_file(self.kafka).read_text().splitlines() if "=" in line)

    def killed(self, victim: Child) -> None:
        """kill -9, and wait until it is gone."""
        os.killpg(victim.process.pid, signal.SIGKILL)
        victim.process.wait()

    def again(self, victim: Child) -> Child:
        """Start the same server on the same data."""
        started = child.start(victim.command)
        self.kept.append(started)
        self.brokers = [started if each is victim else each for each in self.brokers]
        self.postgres = started if self.postgres is victim else self.postgres
        return started

    def another_worker(self) -> Worker:
        """One more command worker."""
        self.commands.append(start_worker(self.for_workers, "mfa_commands", {}))
        return self.commands[-1]

    def another_read_side(self) -> Worker:
        """One more read side."""
        self.read_side.append(start_worker(self.for_workers, "mfa_projections", {}))
        return self.read_side[-1]

    def bent(self, name: str, arguments: Sequence[str]) -> Worker:
        """A worker with something bent in it: see ``chaos.bent``."""
        port = ports.free_port()
        path = os.pathsep.join([str(_TESTS), os.environ.get("PYTHONPATH", "")])
        told = {**self.for_workers.environment(), "MFA_HTTP_PORT": str(port), "PYTHONPATH": path}
        line = [sys.executable, "-m", "chaos.bent", name, *arguments]
        worker = Worker(
            name, child.start(child.Command(name, line, self.connection.log_dir / f"{name}.log", told)), port
        )
        (self.commands if name == "mfa_commands" else self.read_side).append(worker)
        return worker


@asynccontextmanager
async def arena(root: Path) -> AsyncIterator[Arena]:
    """One broker, one database."""
    async with servers(root) as place, with_workers(place):
        yield place


@asynccontextmanager
async def servers(root: Path) -> AsyncIterator[Arena]:
    """The servers alone, in a directory of their own; their data are thrown away at the end."""
    environ: Mapping[str, str] = {**os.environ, "MFA_LOCAL_DIR": str(root), "MFA_PARTITIONS": str(PARTITIONS)}
    try:
        async with local_stack(environ, choice="embedded") as stack, AsyncExitStack() as kept:
            kafka, postgres = stack.children
            place = Arena(root, stack.connection, stack.connection, [kafka], postgres)
            kept.push_async_callback(_end, place)
            yield place
    finally:
        postgres_home.forget(Places(root))


@asynccontextmanager
async def with_workers(place: Arena) -> AsyncIterator[None]:
    """Two command workers and a read side, ready; whatever took their place is ended too."""
    try:
        for _ in range(2):
            place.another_worker()
        place.another_read_side()
        await asyncio.gather(*(ready(worker) for worker in (*place.commands, *place.read_side)))
        yield
    finally:
        workers = [*place.commands, *place.read_side]
        for worker in workers:
            if child.running(worker.child):
                worker.child.process.send_signal(signal.SIGCONT)
        await asyncio.gather(*(stop_worker(worker) for worker in workers))


async def with_broker_settings(place: Arena, settings: Mapping[str, str]) -> None:
    """Stop the broker in order and start it with these settings as well."""
    _settings_file(place.kafka).write_text(
        "".join(f"{name}={value}\n" for name, value in {**place.broker_settings(), **settings}.items())
    )
    await child.stop(place.kafka, signal.SIGTERM, 15)
    place.again(place.kafka)


def _settings_file(kafka: Child) -> Path:
    return Path(kafka.command.arguments[-1])


async def _end(place: Arena) -> None:
    await asyncio.gather(*(child.stop(each, signal.SIGKILL, 10) for each in place.kept))
