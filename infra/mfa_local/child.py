"""A server process of ours: started so that it cannot outlive us, watched, and stopped in order."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mfa_local import parent_death
from mfa_local.errors import ServerDiedError
from mfa_local.room import hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_POLL_S: Final = 0.02
_TAIL_LINES: Final = 25


@dataclass(frozen=True, slots=True)
class User:
    """Whom a child runs as."""

    uid: int
    gid: int


SAME_USER: Final = User(-1, -1)


@dataclass(frozen=True, slots=True)
class Command:
    """What to start: ``log`` takes its output, ``death_signal`` is what it gets when we die."""

    name: str
    arguments: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    user: User = SAME_USER
    death_signal: signal.Signals = signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Child:
    """A started process; ``alive`` is the end of the pipe whose closing tells a watcher that we are gone."""

    command: Command
    process: subprocess.Popen[bytes]
    alive: int | None


def start(command: Command) -> Child:
    """Start it: appends to its log, in a session of its own so that Ctrl-C reaches us alone."""
    command.log.parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "linux" and threading.current_thread() is threading.main_thread():
        return Child(command, _popen(command, "exec", os.getpid(), ()), None)
    read, write = os.pipe()
    process = _popen(command, "watch", read, (read,))
    os.close(read)
    return Child(command, process, write)


def running(child: Child) -> bool:
    """Has it not ended yet?"""
    return child.process.poll() is None


async def stop(child: Child, request: signal.Signals, patience_s: float) -> None:
    """Ask it to end, wait ``patience_s`` seconds, then kill it; returns when it is gone."""
    if running(child):
        child.process.send_signal(request)
        await _gone(child, patience_s)
    if running(child):
        # The whole group: a watcher that was killed alone would leave its child behind.
        os.killpg(child.process.pid, signal.SIGKILL)
        await _gone(child, patience_s)
    _let_go(child)


def finish(child: Child, patience_s: float) -> int:
    """Wait for a tool that ends by itself; kills it after ``patience_s`` seconds. Returns its exit code."""
    try:
        return child.process.wait(patience_s)
    except subprocess.TimeoutExpired:
        os.killpg(child.process.pid, signal.SIGKILL)
        return child.process.wait()
    finally:
        _let_go(child)


def must_run(child: Child) -> None:
    """Fail with the tail of its log if it has ended.

    Raises:
        ServerDiedError: it has.
    """
    if running(child):
        return
    raise ServerDiedError(told(child, f"ended with exit code {child.process.returncode}, expected it to run"))


def told(child: Child, what: str) -> str:
    """A sentence about a child, with the end of its log."""
    end = tail(child.command.log)
    return f"{child.command.name} {what}. {hint(end)}The end of {child.command.log}:\n{end}"


def tail(log: Path, lines: int = _TAIL_LINES) -> str:
    """The last lines of a log, indented; empty if there is none."""
    if not log.exists():
        return ""
    return "\n".join(f"  {line}" for line in log.read_text(errors="replace").splitlines()[-lines:])


def _popen(command: Command, mode: str, watched: int, keep: tuple[int, ...]) -> subprocess.Popen[bytes]:
    user = command.user
    told = (mode, watched, int(command.death_signal), user.uid, user.gid, "--")
    shim = (sys.executable, "-I", "-S", str(Path(parent_death.__file__)), *map(str, told))
    with command.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  # an argument list of our own, no shell
            [*shim, *command.arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=command.directory,
            env={**os.environ, **command.environment},
            pass_fds=keep,
            start_new_session=True,
        )


def _let_go(child: Child) -> None:
    if child.alive is not None:
        os.close(child.alive)


async def _gone(child: Child, patience_s: float) -> None:
    clock = asyncio.get_running_loop().time
    end = clock() + patience_s
    while running(child) and clock() < end:  # noqa: ASYNC110  # another process sets no event of ours
        await asyncio.sleep(_POLL_S)
