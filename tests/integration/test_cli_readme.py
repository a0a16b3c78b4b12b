"""The README's sample of a client, run as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mfa_cli.local_client import local_client
from mfa_client import UserActor
from mfa_contracts.vocabulary import AccountKind, Method
from mfa_local.connection import to_json
from support.backends import unique
from support.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_local.connection import Connection


def sample() -> str:
    """The one block of Python in the README."""
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


@pytest.fixture
async def tenant(workers: Connection) -> str:
    """A tenant of its own, so that the sample can be run twice on the same servers; Ann has enrolled there."""
    name = unique("t-")
    ann = UserActor(name, "ann", "login-1", datetime.now(UTC), None, AccountKind.END_USER, 1)
    async with local_client(workers, "tests") as mfa:
        await mfa.enroll(name, "ann", actor=ann, method=Method.TOTP)
    return name


def test_the_sample_resets_a_users_mfa(workers: Connection, tenant: str, tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "connection.json").write_text(to_json(workers), encoding="utf-8")
    program = sample().replace('"demo-1"', f'"{tenant}"')
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)

    assert (said.returncode, said.stdout, said.stderr) == (0, "must enrol: True\n", "")
