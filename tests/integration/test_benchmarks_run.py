"""Every benchmark runs, at a size that says nothing about speed, so that none can rot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.load import Workshop
from benchmarks.scene import TINY, Scene
from mfa_local import postgres_home
from mfa_local.places import Places
from mfa_local.stack import local_stack
from support.commands import gateway_of

if TYPE_CHECKING:
    from pathlib import Path

ROWS = {"commands": 2, "projections": 1, "takeover": 1, "memory": 1}


@pytest.mark.parametrize("name", BENCHMARKS)
async def test_a_benchmark_measures_what_it_says(name: str, tmp_path: Path) -> None:
    environ = {**os.environ, "MFA_LOCAL_DIR": str(tmp_path), "MFA_PARTITIONS": "2"}
    try:
        async with local_stack(environ) as stack:
            scene = Scene(stack.connection, Workshop(gateway_of(stack.connection.secrets_dir)), TINY, lambda _: None)
            rows = [row async for row in BENCHMARKS[name](scene)]
    finally:
        postgres_home.forget(Places(tmp_path))

    assert len(rows) == ROWS[name]
    assert all(row.ours > 0 and row.raw > 0 and row.ratio > 0 for row in rows)
