"""A child never outlives its parent, not even one that is killed with -9."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from mfa_local import parent_death

if TYPE_CHECKING:
    from collections.abc import Callable

# Starts a child as a server is started, and waits to be killed.
MAIN: Final = """
import pathlib, time
from mfa_local import child
{start}
time.sleep(1000)
"""
START: Final = "started = child.start(child.Command('sleeper', {line!r}, pathlib.Path({log!r})))"
IN_MAIN_THREAD: Final = "{start}"
IN_A_THREAD: Final = """
import threading
def begin():
    {start}
    # The kernel ties the wish to the thread that started the child, so that thread must end after the child began.
    while not pathlib.Path({pid!r}).exists():
        time.sleep(0.01)
thread = threading.Thread(target=begin); thread.start(); thread.join()
"""
PATIENCE_S: Final = 10.0


@pytest.mark.parametrize("where", [IN_MAIN_THREAD, IN_A_THREAD], ids=["main-thread", "thread"])
def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path, where: str) -> None:
    parent, child = _family(tmp_path, where)
    parent.kill()
    parent.communicate()

    assert _is_gone(child)


@pytest.mark.parametrize("where", [IN_MAIN_THREAD, IN_A_THREAD], ids=["main-thread", "thread"])
def test_a_child_lives_as_long_as_its_parent(tmp_path: Path, where: str) -> None:
    parent, child = _family(tmp_path, where)
    time.sleep(0.5)
    lives = not _ended(child)
    parent.kill()
    parent.communicate()

    assert lives


def test_a_child_that_lost_its_parent_before_it_could_ask_does_not_begin(tmp_path: Path) -> None:
    somebody_else = str(os.getppid())
    shim = [sys.executable, "-I", "-S", parent_death.__file__, "exec", somebody_else, "9", "-1", "-1", "--"]
    done = subprocess.run([*shim, "/bin/sh", "-c", f"echo began > {tmp_path}/began"], check=False)

    assert (done.returncode, (tmp_path / "began").exists()) == (125, False)


def test_a_watched_child_is_asked_to_end_when_its_watcher_is(tmp_path: Path) -> None:
    read, write = os.pipe()
    shim = [sys.executable, "-I", "-S", parent_death.__file__, "watch", str(read), "9", "-1", "-1", "--"]
    trap = f"trap 'echo asked > {tmp_path}/asked; exit 7' TERM; echo > {tmp_path}/ready; while :; do sleep 0.02; done"
    watcher = subprocess.Popen([*shim, "/bin/sh", "-c", trap], pass_fds=(read,))
    _until((tmp_path / "ready").exists)
    watcher.terminate()
    code = watcher.wait(PATIENCE_S)
    os.close(read)
    os.close(write)

    assert (code, (tmp_path / "asked").exists()) == (7, True)


def _family(directory: Path, where: str) -> tuple[subprocess.Popen[str], int]:
    """A parent, and the process id of the sleeper below it (below the watcher, where there is one)."""
    pid = directory / "pid"
    line = ["/bin/sh", "-c", f"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 1000"]
    start = START.format(line=line, log=str(directory / "log"))
    program = MAIN.format(start=where.format(start=start, pid=str(pid)))
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    _until(pid.exists)
    return parent, int(pid.read_text())


def _is_gone(pid: int) -> bool:
    _until(lambda: _ended(pid))
    return _ended(pid)


def _ended(pid: int) -> bool:
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    # One that ended but was not yet buried by its new parent counts as gone.
    return told.rpartition(")")[2].split()[0] == "Z"


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
