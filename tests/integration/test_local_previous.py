"""A new start waits until the servers of a killed launcher have let go of their data."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from mfa_local.previous import previous_are_gone
from support.backends import own_loop

if TYPE_CHECKING:
    from pathlib import Path

# Holds its data as the server does, for a moment; notes that it is about to let go.
KAFKA: Final = """
import fcntl, pathlib, sys, time
data = pathlib.Path(sys.argv[1])
lock = (data / ".lock").open("w")
fcntl.lockf(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(0.4)
(data / "ended").touch()
"""
POSTGRES: Final = """
import os, pathlib, sys, time
data = pathlib.Path(sys.argv[1])
(data / "postmaster.pid").write_text(f"{os.getpid()}\\n{data}\\n")
print("held", flush=True)
time.sleep(0.4)
(data / "ended").touch()
(data / "postmaster.pid").unlink()
"""


def test_data_that_kafka_still_holds_are_waited_for(tmp_path: Path) -> None:
    assert _ended_before_we_went_on(KAFKA, tmp_path)


def test_data_that_postgres_still_holds_are_waited_for(tmp_path: Path) -> None:
    assert _ended_before_we_went_on(POSTGRES, tmp_path)


def test_what_a_dead_server_left_behind_is_not_waited_for(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    (tmp_path / "postmaster.pid").write_text(f"{dead.pid}\n")
    (tmp_path / ".lock").touch()

    _wait_for(tmp_path, at_most_s=5)


def _ended_before_we_went_on(server: str, data: Path) -> bool:
    with subprocess.Popen([sys.executable, "-c", server, str(data)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        _wait_for(data, at_most_s=10)
        return (data / "ended").exists()


def _wait_for(data: Path, at_most_s: float) -> None:
    with own_loop() as loop:
        loop.run_until_complete(asyncio.wait_for(previous_are_gone(data, data), at_most_s))
