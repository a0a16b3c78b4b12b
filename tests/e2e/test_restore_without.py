"""The way out when somebody else has written into ``mfa.events``: a new cluster without those records."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_contracts.topics import EVENTS
from mfa_local.workers import running_workers
from support.moving_house import another_cluster, mfa
from support.spoilt import FACTS, next_event, scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_local.connection import Connection
    from support.moving_house import Said


@pytest.fixture(scope="module")
def kept() -> Iterator[tuple[Path, Path, int]]:
    """The backup of a cluster with a stranger's event in partition 0, its secrets, and where that event stands."""
    with tempfile.TemporaryDirectory(prefix="mfa-kept-") as home:
        backup = Path(home) / "backup"
        with scene(Path(home) / "old", EVENTS, next_event) as begun:
            said = mfa(Path(home) / "old", "backup", str(backup))
            assert said.code == 0, said.complained
            yield backup, begun.connection.secrets_dir, begun.offset


@pytest.fixture(scope="module")
def new(kept: tuple[Path, Path, int]) -> Iterator[Connection]:
    with tempfile.TemporaryDirectory(prefix="mfa-new-") as home:
        root = Path(home) / "new"
        with another_cluster(root, kept[1]) as connection:
            yield connection


def restored(new: Connection, backup: Path, *without: str) -> Said:
    left_out = [word for place in without for word in ("--without", place)]
    return mfa(new.secrets_dir.parent, "restore", str(backup), *left_out)


@pytest.mark.parametrize("place", ["0@99", "7@0", "1@x"])
def test_an_event_that_is_not_there_cannot_be_left_out(
    kept: tuple[Path, Path, int], new: Connection, place: str
) -> None:
    said = restored(new, kept[0], f"0@{kept[2]}", place)

    assert (said.code, said.rows, "expected" in said.complained) == (2, [], True)


# ---- the last test of this module: from here on the cluster is no new one --------------------------------------


async def test_without_a_strangers_event_everything_agrees(kept: tuple[Path, Path, int], new: Connection) -> None:
    backup, _, offset = kept
    said = await asyncio.to_thread(restored, new, backup, f"0@{offset}")
    assert said.code == 0, said.complained
    async with running_workers(new):
        verified = await asyncio.to_thread(mfa, new.secrets_dir.parent, "verify", "--json")

    assert sum(row["records"] for row in said.rows) == 2 * FACTS
    assert (verified.code, [row for row in verified.rows if not row["holds"]]) == (0, [])
