"""``mfa deadletters``: which records could not be decided, and the record itself while it is kept."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mfa_local.connection import to_json
from support.backends import unique
from support.posting import posting

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_local.connection import Connection


@dataclass(frozen=True)
class Mfa:
    """The command, on the session's servers."""

    environ: dict[str, str]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        line = [sys.executable, "-m", "mfa_cli", "deadletters", *arguments]
        return subprocess.run(line, capture_output=True, env=self.environ, timeout=120, check=False)


@pytest.fixture
def mfa(workers: Connection, tmp_path: Path) -> Mfa:
    (tmp_path / "connection.json").write_text(to_json(workers), encoding="utf-8")
    return Mfa({**os.environ, "MFA_LOCAL_DIR": str(tmp_path)})


@pytest.fixture
async def bad(workers: Connection) -> tuple[bytes, int, int]:
    """A record that is no command, and where it stands."""
    value = f"{{no command {unique('')}".encode()
    async with posting(workers.kafka_bootstrap) as post:
        placed = await post.put_value(b"t/ann", value, 0)
        await post.dead_letter_at(placed)
    return value, *placed


def test_a_dead_letter_is_listed_with_its_place_and_never_its_payload(mfa: Mfa, bad: tuple[bytes, int, int]) -> None:
    value, partition, offset = bad
    said = mfa("list", "--code", "malformed", "--last", "1000000")
    rows = [json.loads(line) for line in said.stdout.splitlines()]
    (row,) = [row for row in rows if (row["partition"], row["offset"]) == (partition, offset)]

    assert (row["code"], row["bytes"], row["sha256"]) == ("malformed", len(value), hashlib.sha256(value).hexdigest())
    assert value not in said.stdout


def test_show_reads_the_record_where_it_stands(mfa: Mfa, bad: tuple[bytes, int, int]) -> None:
    value, partition, offset = bad
    said = json.loads(mfa("show", str(partition), str(offset)).stdout)

    assert (said["key"], said["headers"], said["hash"]) == ("t/ann", [], "as the dead letter says")
    assert mfa("show", str(partition), str(offset), "--value").stdout == value


def test_a_record_without_a_dead_letter_is_an_error_that_says_where_to_look(mfa: Mfa) -> None:
    said = mfa("show", "0", str(2**62))

    assert said.returncode == 2
    assert b"found none. `mfa deadletters list` shows those that there are." in said.stderr
