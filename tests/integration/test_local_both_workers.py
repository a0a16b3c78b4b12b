"""Both workers on the session's servers, as every test of the whole way may ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from mfa_local.connection import Connection


async def test_both_workers_run_on_the_sessions_servers(workers: Connection) -> None:
    logs = {name: (workers.log_dir / f"{name}.log").read_text() for name in ("mfa_commands", "mfa_projections")}
    database = await asyncpg.connect(workers.database_url)
    checkpoints = await database.fetchval("select count(*) from mfa.projection_checkpoint")
    await database.close()

    assert {name for name, log in logs.items() if "Traceback" in log} == set()
    assert checkpoints >= workers.partitions
