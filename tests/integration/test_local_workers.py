"""The launcher of the workers, with stand-ins: told everything, waited for, stopped in order, never left behind."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Final

import pytest

from mfa_local import child
from mfa_local.connection import Connection
from mfa_local.errors import WorkerDiedError
from mfa_local.workers import ready, running_workers, start_worker, stop_worker
from support.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

STAND_IN: Final = "support.stand_in_worker"


async def test_a_worker_is_ready_when_the_block_begins(place: Connection) -> None:
    async with running_workers(place, [STAND_IN], _told(place)) as (worker,):
        await ready(worker, patience_s=0.0)


async def test_a_worker_that_is_not_ready_yet_is_waited_for(place: Connection) -> None:
    async with running_workers(place, [STAND_IN], _told(place, STAND_IN_NOT_READY="3")) as (worker,):
        await ready(worker, patience_s=0.0)


async def test_a_worker_is_told_how_to_connect(place: Connection) -> None:
    async with running_workers(place, [STAND_IN], _told(place)) as (worker,):
        told = json.loads((place.log_dir / "told.json").read_text())

    assert told["MFA_HTTP_PORT"] == str(worker.port)
    assert {name: told[name] for name in place.environment()} == {
        "MFA_KAFKA_BOOTSTRAP": place.kafka_bootstrap,
        "MFA_DATABASE_URL": place.database_url,
        "MFA_SECRETS_DIR": str(place.secrets_dir),
        "MFA_EMBEDDED": "1",
    }


async def test_a_worker_is_asked_to_end_in_order(place: Connection) -> None:
    async with running_workers(place, [STAND_IN], _told(place)) as (worker,):
        pass

    assert (worker.child.process.returncode, (place.log_dir / "ended").exists()) == (0, True)


async def test_two_workers_have_a_port_each(place: Connection) -> None:
    async with running_workers(place, [STAND_IN, STAND_IN], _told(place)) as workers:
        assert len({worker.port for worker in workers}) == 2


async def test_a_worker_that_dies_is_reported_with_the_end_of_its_log(place: Connection) -> None:
    told = _told(place, STAND_IN_DIES_SAYING="the broker is not there")
    with pytest.raises(
        WorkerDiedError, match=r"(?s)ended with exit code 1, expected it to become ready.*broker is not"
    ):
        async with running_workers(place, [STAND_IN], told):
            pass


async def test_the_others_end_when_one_worker_dies(place: Connection) -> None:
    healthy = start_worker(place, STAND_IN, _told(place))
    await ready(healthy)
    broken = start_worker(place, "no_such_module", _told(place))
    with pytest.raises(WorkerDiedError, match="No module named no_such_module"):
        await ready(broken)
    await stop_worker(healthy)

    assert (child.running(healthy.child), healthy.child.process.returncode) == (False, 0)


async def test_a_worker_that_never_becomes_ready_is_reported(place: Connection) -> None:
    worker = start_worker(place, STAND_IN, _told(place, STAND_IN_NOT_READY="1000000"))
    with pytest.raises(WorkerDiedError, match="is not ready after 1 s"):
        await ready(worker, patience_s=1.0)
    await stop_worker(worker)


async def test_a_worker_that_does_not_listen_to_reason_is_killed(place: Connection) -> None:
    worker = start_worker(place, STAND_IN, _told(place, STAND_IN_IS_DEAF="yes"))
    await ready(worker)
    await child.stop(worker.child, signal.SIGTERM, 0.3)

    assert worker.child.process.returncode == -signal.SIGKILL


@pytest.fixture
def place(tmp_path: Path) -> Connection:
    """A connection to nothing: a stand-in only notes it."""
    return Connection(
        "embedded", "127.0.0.1:1", "postgresql://mfa@127.0.0.1:2/mfa", True, 12, tmp_path, tmp_path, "4.2.2", "18.6"
    )


def _told(place: Connection, **more: str) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT / "tests"), "STAND_IN_NOTES": str(place.log_dir), **more}
