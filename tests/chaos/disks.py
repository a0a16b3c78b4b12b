"""The broker's disk and the database's disk are full; then there is room again."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from chaos.arena import arena
from chaos.attacked import Attack
from mfa_local import child
from mfa_local.places import Places
from mfa_local.postgres_home import find_home

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from chaos.arena import Arena
    from mfa_local.child import Child

FULL_SECONDS: Final = 10.0
_BLOCK: Final = bytes(64 * 1024)


async def the_brokers_disk_is_full(arena: Arena) -> None:
    await _full(arena, Places(arena.root).kafka_data, arena.kafka)


async def the_databases_disk_is_full(arena: Arena) -> None:
    await _full(arena, find_home(Places(arena.root)).data.parent, arena.postgres)


async def _full(arena: Arena, disk: Path, server: Child) -> None:
    """Nothing more fits for a while; a server that has ended over it is started again when there is room."""
    filler = disk / "filler"
    _fill(filler)
    await asyncio.sleep(FULL_SECONDS)
    filler.unlink()
    if not child.running(server):
        arena.again(server)


def _fill(filler: Path) -> None:
    with suppress(OSError), filler.open("wb", buffering=0) as sink:
        while True:
            sink.write(_BLOCK)


@asynccontextmanager
async def on_small_disks(root: Path) -> AsyncIterator[Arena]:
    """Broker and database each on a disk of their own, in memory, with some room to spare."""
    async with AsyncExitStack() as mounts:
        mounts.enter_context(_mounted(Places(root).kafka_data, "128m"))
        mounts.enter_context(_mounted(find_home(Places(root)).data.parent, "256m"))
        async with arena(root) as place:
            yield place


@contextmanager
def _mounted(directory: Path, size: str) -> Iterator[None]:
    assert os.geteuid() == 0, "expected root: only root can mount a small disk for the broker and the database"
    directory.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(directory)], check=True)  # noqa: S607 - the system's
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(directory)], check=True)  # noqa: S607 - the system's
        shutil.rmtree(directory, ignore_errors=True)


ATTACKS: Final = (
    Attack(the_brokers_disk_is_full, stage=on_small_disks),
    Attack(the_databases_disk_is_full, stage=on_small_disks),
)
