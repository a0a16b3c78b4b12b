"""``up``: tells how to connect, ends in order on Ctrl-C, says why when a server ends, and loses nothing when killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

from mfa_local import postgres_home
from mfa_local.connection import from_json
from mfa_local.places import Places
from mfa_local.stack import local_stack
from support.repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_local.connection import Connection

PATIENCE_S: Final = 20.0
LINE: Final = [sys.executable, "-m", "mfa_local", "up", "--servers-only", "--backend", "embedded"]
STAND_IN: Final = "support.stand_in_worker"
WITH_A_WORKER: Final = [
    sys.executable,
    "-c",
    f"from mfa_local.up import main; raise SystemExit(main(workers=[{STAND_IN!r}], choice='embedded'))",
]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    yield Places(tmp_path)
    postgres_home.forget(Places(tmp_path))


def test_up_prints_how_to_connect(places: Places) -> None:
    with _up(places) as (process, printed):
        connection = from_json(places.connection.read_text())
        process.send_signal(signal.SIGINT)

        assert [connection.kafka_bootstrap in printed, connection.database_url in printed] == [True, True]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_up_ends_in_order_when_it_is_asked_to(places: Places, number: signal.Signals) -> None:
    with _up(places) as (process, _):
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE_S)

        assert (process.returncode, told, places.connection.exists()) == (0, "Stopping …\n", False)


def test_up_ends_in_order_also_while_it_is_still_starting(places: Places) -> None:
    with subprocess.Popen(LINE, env=_environ(places), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE_S)

    assert (process.returncode, told) == (0, "Stopping …\n")


def test_up_says_which_server_ended_with_the_end_of_its_log(places: Places) -> None:
    with _up(places) as (process, _):
        os.kill(_child_running(process, "kafka.Kafka"), signal.SIGKILL)
        _, told = process.communicate(timeout=PATIENCE_S)

        assert process.returncode == 1
        assert f"Kafka ended with exit code -9, expected it to run. The end of {places.log / 'kafka.out'}:" in told


def test_up_says_which_worker_ended_with_the_end_of_its_log(places: Places) -> None:
    with _up(places, WITH_A_WORKER) as (process, _):
        os.kill(_child_running(process, STAND_IN), signal.SIGKILL)
        _, told = process.communicate(timeout=PATIENCE_S)

        assert process.returncode == 1
        assert (
            f"{STAND_IN} ended with exit code -9, expected it to run. The end of {places.log / STAND_IN}.log:" in told
        )


def test_up_brings_up_both_workers_and_ends_them_in_order(places: Places) -> None:
    with _up(places, [sys.executable, "-m", "mfa_local", "up", "--backend", "embedded"]) as (process, printed):
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE_S)

        assert (process.returncode, told) == (0, "Stopping …\n"), printed
        assert ["mfa_commands " in printed, "mfa_projections " in printed] == [True, True]


def test_up_ends_its_workers_in_order(places: Places) -> None:
    with _up(places, WITH_A_WORKER) as (process, printed):
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)

        assert (f"{STAND_IN} http://127.0.0.1:" in printed, (places.root / "ended").exists()) == (True, True)


async def test_up_that_is_killed_loses_nothing_and_can_start_again_at_once(places: Places) -> None:
    with _up(places) as (process, _):
        connection = from_json(places.connection.read_text())
        await _ask(connection, "create table public.kept ()")
        process.kill()

    # At once: the servers of the killed one are still shutting down, on the same data and the same ports.
    async with local_stack(_environ(places), choice="embedded") as again:
        kept = await _ask(again.connection, "select to_regclass('public.kept') is not null")
        shut_down = "Shutdown complete" in (places.log / "kafka.log").read_text()

        assert (kept, again.connection, shut_down) == (True, connection, True)


@contextmanager
def _up(places: Places, line: Sequence[str] = LINE) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running ``up`` and what it printed until it was ready."""
    with subprocess.Popen(line, env=_environ(places), stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process, _until_ready(process)
        finally:
            if process.poll() is None:
                process.terminate()


def _until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    printed = ""
    for line in process.stderr:
        printed += line
        if line.startswith("Ready."):
            break
    return printed


def _environ(places: Places) -> dict[str, str]:
    stand_in = {"PYTHONPATH": str(ROOT / "tests"), "STAND_IN_NOTES": str(places.root)}
    return {**os.environ, "MFA_LOCAL_DIR": str(places.root), **stand_in}


def _child_running(process: subprocess.Popen[str], what: str) -> int:
    """The process id of the child whose command line has this in it."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    (found,) = (int(pid) for pid in children if what in Path(f"/proc/{pid}/cmdline").read_text())
    return found


async def _ask(connection: Connection, sql: str) -> object:
    database = await asyncpg.connect(connection.database_url)
    try:
        return await database.fetchval(sql)
    finally:
        await database.close()
