"""The broker and the database die, forget, and come back with what they had before."""

from __future__ import annotations

import asyncio
import shutil
import signal
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chaos.arena import servers, with_broker_settings, with_workers
from chaos.attacked import Attack
from mfa_local import child

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from chaos.arena import Arena
    from mfa_local.child import Child

_FORGETFUL: Final = {
    "transactional.id.expiration.ms": "10000",
    "transaction.remove.expired.transaction.cleanup.interval.ms": "1000",
    "producer.id.expiration.ms": "10000",
    "producer.id.expiration.check.interval.ms": "1000",
    "offsets.retention.minutes": "1",
    "offsets.retention.check.interval.ms": "1000",
}
_UNTIL_FORGOTTEN_SECONDS: Final = 75.0


async def the_broker_is_killed_and_restarted(arena: Arena) -> None:
    arena.killed(arena.kafka)
    await asyncio.sleep(1)
    arena.again(arena.kafka)


async def the_broker_is_killed_and_restarted_five_times(arena: Arena) -> None:
    for _ in range(5):
        await the_broker_is_killed_and_restarted(arena)
        await asyncio.sleep(8)


async def the_database_is_killed_and_restarted(arena: Arena) -> None:
    arena.killed(arena.postgres)
    await asyncio.sleep(1)
    arena.again(arena.postgres)


async def the_database_is_restored_from_an_older_backup(arena: Arena) -> None:
    data = _data_of(arena.postgres)
    backup = data.with_name("backup")
    await child.stop(arena.postgres, signal.SIGINT, 15)
    _copy_with_owners(data, backup)
    arena.again(arena.postgres)
    await asyncio.sleep(5)
    arena.killed(arena.postgres)
    shutil.rmtree(data)
    backup.rename(data)
    arena.again(arena.postgres)


async def the_broker_forgets_its_groups_and_transactional_ids(arena: Arena) -> None:
    """Everything that uses them is away for longer than they are kept."""
    for worker in (*arena.commands, *arena.read_side):
        await child.stop(worker.child, signal.SIGTERM, 15)
    await asyncio.sleep(_UNTIL_FORGOTTEN_SECONDS)
    arena.commands.clear()
    for _ in range(2):
        arena.another_worker()
    arena.read_side.clear()
    arena.another_read_side()


@asynccontextmanager
async def forgetful(root: Path) -> AsyncIterator[Arena]:
    """A broker that keeps ids for ten seconds and group offsets for a minute."""
    async with servers(root) as place:
        await with_broker_settings(place, _FORGETFUL)
        async with with_workers(place):
            yield place


def _data_of(postgres: Child) -> Path:
    arguments = list(postgres.command.arguments)
    return Path(arguments[arguments.index("-D") + 1])


def _copy_with_owners(source: Path, target: Path) -> None:
    shutil.copytree(source, target)
    for path in (source, *source.rglob("*")):
        owned = path.stat()
        shutil.chown(target / path.relative_to(source), owned.st_uid, owned.st_gid)


ATTACKS: Final = (
    Attack(the_broker_is_killed_and_restarted, always=True),
    Attack(the_broker_is_killed_and_restarted_five_times),
    Attack(the_database_is_killed_and_restarted, always=True),
    Attack(the_database_is_restored_from_an_older_backup),
    Attack(the_broker_forgets_its_groups_and_transactional_ids, stage=forgetful),
)
