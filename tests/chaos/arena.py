"""What is attacked: real servers, two command workers and a read side as processes, under a steady load of commands."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mfa_cli.local_client import local_client
from mfa_cli.verify.verifying import verify
from mfa_client import ClientError, Done, OutcomeUnknownError, UserActor
from mfa_contracts.vocabulary import AccountKind, Method, OutcomeCode
from mfa_local import child, postgres_home
from mfa_local.places import Places
from mfa_local.stack import local_stack
from mfa_local.workers import ready, start_worker, stop_worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from mfa_client import MfaClient, Outcome, PreparedCommand
    from mfa_local.child import Child
    from mfa_local.connection import Connection
    from mfa_local.workers import Worker

TENANT: Final = "chaos"
PAUSE_SECONDS: Final = 0.04
CALM_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 60.0
_VERIFY_SECONDS: Final = 120.0


@dataclass(frozen=True)
class Row:
    """What an attack did: ``lost`` commands have no outcome even when asked again, ``broken`` rules are of verify."""

    name: str
    commands: int
    lost: int
    duplicated: int
    broken: list[str]
    recovered_s: float


@dataclass
class Arena:
    """``kept`` are processes that took the place of killed servers; they are ended with the arena."""

    connection: Connection
    kafka: Child
    postgres: Child
    commands: list[Worker]
    read_side: Worker
    kept: list[Child] = field(default_factory=list)

    def killed(self, victim: Child) -> None:
        """kill -9, and wait until it is gone."""
        os.killpg(victim.process.pid, signal.SIGKILL)
        victim.process.wait()

    def again(self, victim: Child) -> None:
        """Start the same server on the same data."""
        self.kept.append(child.start(victim.command))

    def another_worker(self) -> None:
        self.commands.append(start_worker(self.connection, "mfa_commands", {}))


@asynccontextmanager
async def arena(root: Path) -> AsyncIterator[Arena]:
    environ = {**os.environ, "MFA_LOCAL_DIR": str(root), "MFA_PARTITIONS": "4"}
    try:
        async with local_stack(environ, choice="embedded") as stack, AsyncExitStack() as kept:
            kafka, postgres = stack.children
            commands = [start_worker(stack.connection, "mfa_commands", {}) for _ in range(2)]
            read_side = start_worker(stack.connection, "mfa_projections", {})
            place = Arena(stack.connection, kafka, postgres, commands, read_side)
            kept.push_async_callback(_end, place)
            await asyncio.gather(*(ready(worker) for worker in (*commands, read_side)))
            yield place
    finally:
        postgres_home.forget(Places(root))


async def _end(place: Arena) -> None:
    for worker in (*place.commands, place.read_side):
        if child.running(worker.child):
            worker.child.process.send_signal(signal.SIGCONT)
    await asyncio.gather(*(stop_worker(worker) for worker in (*place.commands, place.read_side)))
    await asyncio.gather(*(child.stop(each, signal.SIGKILL, 10) for each in place.kept))


@dataclass
class Load:
    """Sends commands of ever new users; remembers what came back."""

    mfa: MfaClient
    answered: list[Outcome] = field(default_factory=list)
    unknown: list[PreparedCommand] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    done_at: list[tuple[float, float]] = field(default_factory=list)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    sent: int = 0

    async def go_on(self) -> None:
        while True:
            self.sent += 1
            task = asyncio.create_task(self._one(f"user-{self.sent}"))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _one(self, user: str) -> None:
        began = time.monotonic()
        now = datetime.now(UTC)
        actor = UserActor(TENANT, user, "login", now, account_kind=AccountKind.END_USER, directory_version=1)
        try:
            self.answered.append(await self.mfa.enroll(TENANT, user, actor=actor, method=Method.PUSH))
            self.done_at.append((began, time.monotonic()))
        except OutcomeUnknownError as error:
            self.unknown.append(error.prepared)
        except ClientError as error:
            self.failed.append(str(error))


async def attacked(name: str, root: Path, attack: Callable[[Arena], Awaitable[None]]) -> Row:
    """Attack under load, wait until commands are answered again, ask again for what is unknown, verify everything."""
    async with arena(root) as place, local_client(place.connection, "chaos") as mfa:
        load = Load(mfa)
        sending = asyncio.create_task(load.go_on())
        await asyncio.sleep(CALM_SECONDS)
        struck = time.monotonic()
        await attack(place)
        recovered = await _recovered(load, struck)
        await asyncio.sleep(CALM_SECONDS)
        sending.cancel()
        await asyncio.gather(sending, *load.under_way, return_exceptions=True)
        again = [await _asked_again(mfa, prepared) for prepared in load.unknown]
        await ready(place.read_side, PATIENCE_SECONDS)
        report = await verify(
            place.connection.kafka_bootstrap, place.connection.database_url, patience_s=_VERIFY_SECONDS
        )
    broken = [f"{f.rule}: {[str(d) for d in f.first]}" for f in report.findings if not f.holds]
    outcomes = [*load.answered, *(outcome for outcome in again if outcome is not None)]
    lost = load.sent - len(outcomes) - len(load.failed)
    twice = len(outcomes) - len({outcome.command_id for outcome in outcomes})
    wrong = [f"{o.code}" for o in outcomes if not isinstance(o, Done) or o.code is OutcomeCode.NOTHING_CHANGED]
    return Row(name, load.sent, lost, twice + len(wrong), broken, round(recovered, 1))


async def _recovered(load: Load, struck: float) -> float:
    """Seconds from the attack until a command that was sent after it, in every quarter second since, is answered."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        since = [done - struck for began, done in load.done_at if began > struck]
        if len(since) >= 1 / PAUSE_SECONDS and _is_steady(load):
            return max(done - began for began, done in load.done_at if done > struck)
        await asyncio.sleep(0.1)
    raise AssertionError(f"expected answers again within {PATIENCE_SECONDS:g} s of the attack, got none")


def _is_steady(load: Load) -> bool:
    """Nothing but the last second's commands waits for an answer."""
    return len(load.under_way) < 1 / PAUSE_SECONDS


async def _asked_again(mfa: MfaClient, prepared: PreparedCommand) -> Outcome | None:
    for _ in range(3):
        try:
            return await mfa.ask_again(prepared)
        except OutcomeUnknownError:
            continue
    return None
