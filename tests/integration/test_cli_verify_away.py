"""``mfa verify`` when it cannot look: that is no answer, and above all not "does not agree"."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
import pytest

from mfa_cli.verify.errors import DatabaseAwayError, LogAwayError
from mfa_cli.verify.log import log_reader
from mfa_cli.verify.tables import database
from mfa_contracts.topics import EVENTS
from mfa_local.connection import to_json
from support.backends import fresh_database

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_local.connection import Connection


@pytest.mark.parametrize("gone", ["Kafka", "PostgreSQL"])
def test_servers_that_are_gone_are_told_with_an_exit_code_of_their_own(
    stack: Connection, tmp_path: Path, gone: str
) -> None:
    nowhere = closed_port()
    stale = {
        "Kafka": replace(stack, kafka_bootstrap=nowhere),
        "PostgreSQL": replace(stack, database_url=f"postgresql://nobody@{nowhere}/none"),
    }
    (tmp_path / "connection.json").write_text(to_json(stale[gone]), encoding="utf-8")
    environ = {**os.environ, "MFA_LOCAL_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "mfa_cli", "verify"]
    said = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60, check=False)

    assert (said.returncode, said.stdout) == (2, "")
    assert gone in said.stderr
    assert "./run up starts it" in said.stderr
    assert "Traceback" not in said.stderr
    assert "Unclosed" not in said.stderr


async def test_a_broker_that_is_away_is_a_log_that_cannot_be_asked() -> None:
    with pytest.raises(LogAwayError, match="expected Kafka"):
        async with log_reader(closed_port(), lambda _: None) as log:
            await log.spans([EVENTS], 0)


async def test_a_database_that_takes_the_call_and_says_nothing_is_not_waited_for_for_ever() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(DatabaseAwayError, match="TimeoutError"):
            async with asyncio.timeout(20), database(f"postgresql://any@127.0.0.1:{port}/any", answer_s=0.3):
                pass


async def test_a_question_without_an_answer_is_not_waited_for_for_ever(stack: Connection) -> None:
    url = await fresh_database(stack)
    holder = await asyncpg.connect(url)
    async with holder.transaction():
        await holder.execute("lock table mfa.projection_checkpoint in access exclusive mode")
        with pytest.raises(DatabaseAwayError, match="TimeoutError"):
            async with asyncio.timeout(20), database(url, answer_s=0.3) as tables:
                await tables.checkpoints(0)
    await holder.close()


def closed_port() -> str:
    """An address at which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"
