"""A backup that is not whole, or a cluster that is not for it: a precise error, and nothing is written."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition

from exactly_once.adapters.aiokafka_log import AiokafkaLog
from exactly_once.adapters.connection import Connection as Broker
from exactly_once.errors import BrokerError, FencedError
from exactly_once.records import Partition
from mfa_cli.backup.directory import checked, write_manifest
from mfa_cli.backup.errors import NotRestoredError
from mfa_cli.backup.fence import NO_CLUSTER, fenced
from mfa_cli.backup.manifest import Manifest, Part
from mfa_cli.backup.new_cluster import TOPICS
from mfa_cli.backup.offsets import use_up
from mfa_cli.backup.part_file import name_of, reading
from mfa_cli.backup.reach import opened
from mfa_cli.backup.taking import take
from mfa_contracts.topics import EVENTS
from support.health import until_not_ready
from support.moving_house import another_cluster, mfa
from support.own_stack import working
from support.posting import posting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mfa_local.connection import Connection
    from support.moving_house import Day, Said


class Spoilt(NamedTuple):
    """How a copy of a backup is spoilt, and what is said of it."""

    spoil: Callable[[Path], None]
    told: str


def flip(file: str) -> Callable[[Path], None]:
    """Change one bit in the middle."""

    def spoil(backup: Path) -> None:
        octets = bytearray((backup / file).read_bytes())
        octets[len(octets) // 2] ^= 1
        (backup / file).write_bytes(octets)

    return spoil


def cut(file: str) -> Callable[[Path], None]:
    """Leave out the second half."""

    def spoil(backup: Path) -> None:
        octets = (backup / file).read_bytes()
        (backup / file).write_bytes(octets[: len(octets) // 2])

    return spoil


def remove(file: str) -> Callable[[Path], None]:
    return lambda backup: (backup / file).unlink()


def rewrite(**changed: object) -> Callable[[Path], None]:
    """Another manifest with a seal of its own."""

    def spoil(backup: Path) -> None:
        known = checked(backup)
        parts = known.parts if changed.get("parts") is None else changed.pop("parts")
        for file in ("manifest.json", "manifest.sha256"):
            (backup / file).unlink()
        fields: dict[str, Any] = {"taken_at": known.taken_at, "cluster": known.cluster, "topics": known.topics}
        write_manifest(backup, Manifest(**{**fields, "parts": parts, **changed}))

    return spoil


def third_partition(backup: Path) -> None:
    """A backup as of a cluster with one more partition, which has no events."""
    known = checked(backup)
    shutil.copy(backup / name_of(0), backup / name_of(2))
    first = known.parts[0]
    more = Part(2, name_of(2), first.records, first.first, first.last, first.sha256, first.records_sha256, 0)
    rewrite(parts=(*known.parts, more))(backup)


SPOILT: Mapping[str, Spoilt] = {
    "a flipped bit in a file": Spoilt(flip(name_of(1)), f"{name_of(1)}: expected SHA-256"),
    "a cut file": Spoilt(cut(name_of(0)), f"{name_of(0)}: expected SHA-256"),
    "a missing file": Spoilt(remove(name_of(1)), "expected a file of a backup, found none"),
    "a flipped bit in the manifest": Spoilt(flip("manifest.json"), "manifest.json: expected the hash in"),
    "a cut manifest": Spoilt(cut("manifest.json"), "manifest.json: expected the hash in"),
    "a missing manifest": Spoilt(remove("manifest.json"), "expected a file of a backup, found none"),
    "a missing seal": Spoilt(remove("manifest.sha256"), "expected a file of a backup, found none"),
    "another format": Spoilt(rewrite(format=99), "expected a backup of format 1, got 99"),
    "another number of partitions": Spoilt(third_partition, "expected topics of 3 partitions"),
}


@pytest.fixture(scope="module")
def new(day: Day) -> Iterator[Connection]:
    """A cluster of two partitions without a record."""
    with (
        tempfile.TemporaryDirectory(prefix="mfa-new-") as home,
        another_cluster(Path(home) / "new", day.secrets) as connection,
    ):
        yield connection


def left_in(directory: Path) -> list[str]:
    return [file.name for file in directory.iterdir()]


def restored(new: Connection, backup: Path) -> Said:
    return mfa(new.secrets_dir.parent, "restore", str(backup))


async def used(new: Connection) -> set[str]:
    """The topics in which a record stands or has stood."""
    log = AiokafkaLog(Broker(new.kafka_bootstrap))
    try:
        ends = [await log.ends(TOPICS, Partition(number)) for number in range(new.partitions)]
    finally:
        await log.close()
    return {topic for some in ends for topic, end in zip(TOPICS, some, strict=True) if end.high}


@pytest.mark.parametrize("name", SPOILT)
async def test_a_backup_that_does_not_fit_is_refused_and_nothing_is_written(
    day: Day, new: Connection, tmp_path: Path, name: str
) -> None:
    backup = Path(shutil.copytree(day.backup, tmp_path / "spoilt"))
    SPOILT[name].spoil(backup)
    said = restored(new, backup)

    assert (said.code, said.rows, await used(new)) == (2, [], set())
    assert SPOILT[name].told in said.complained


async def test_topics_that_somebody_consumes_take_no_backup(day: Day, new: Connection) -> None:
    where = {"bootstrap_servers": new.kafka_bootstrap, "enable_auto_commit": False}
    async with (
        AIOKafkaConsumer("mfa.commands", group_id="somebody", **where),
        AIOKafkaConsumer("mfa.events", group_id="somebody-else", **where),
    ):
        said = await asyncio.to_thread(restored, new, day.backup)

    assert (said.code, await used(new)) == (2, set())
    assert "got members of somebody, somebody-else." in said.complained


def test_a_directory_that_holds_something_takes_no_backup(new: Connection, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")
    said = mfa(new.secrets_dir.parent, "backup", str(tmp_path))

    assert (said.code, "expected an empty directory" in said.complained) == (2, True)
    assert left_in(tmp_path) == ["mine"]


def test_a_new_cluster_is_kept_as_files_without_a_line(new: Connection, tmp_path: Path) -> None:
    said = mfa(new.secrets_dir.parent, "backup", str(tmp_path))
    lines = [list(reading(tmp_path / row["file"], Partition(row["partition"]))) for row in said.rows]

    assert (said.code, lines) == (0, [[], []])
    assert [(row["first"], row["last"], row["commands_end"]) for row in said.rows] == [(None, None, 0)] * 2


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BrokerError):
        take("127.0.0.1:1", tmp_path / "backup")

    assert left_in(tmp_path) == []


# ---- the last tests of this module: from here on the cluster is no new one -------------------------------------


async def test_after_a_restore_that_reads_back_something_else_nobody_decides(
    day: Day, new: Connection, tmp_path: Path
) -> None:
    backup = Path(shutil.copytree(day.backup, tmp_path / "spoilt"))
    first, second = checked(backup).parts
    rewrite(parts=(first, replace(second, records_sha256="0" * 64)))(backup)
    said = restored(new, backup)
    async with working(new) as worker:
        status, told = await until_not_ready(worker, NO_CLUSTER)

    assert (said.code, status) == (2, 503)
    assert f"mfa.events[1]: expected {second.records} records of SHA-256 000" in said.complained
    assert "position was recorded for other logs" in told


async def test_a_worker_that_begins_beside_a_restore_ends_it(day: Day, new: Connection) -> None:
    events = next(iter(reading(day.backup / name_of(0), Partition(0))))
    async with fenced(Broker(new.kafka_bootstrap), new.partitions) as fences, working(new) as worker:
        await until_not_ready(worker, NO_CLUSTER)
        with pytest.raises(FencedError):
            await fences[0].append(events)


async def test_commands_sent_beside_a_restore_end_it(day: Day, new: Connection) -> None:
    parts = checked(day.backup).parts
    broker = Broker(new.kafka_bootstrap)
    async with posting(new.kafka_bootstrap) as post, opened(broker, lambda _: None) as (log, _):
        await post.put_value(b"acme/ann", b"{}", 1)
        with pytest.raises(NotRestoredError, match=r"mfa.commands\[1\].*somebody else has sent"):
            await use_up(broker, log, parts, lambda _: None)


async def test_events_that_do_not_begin_at_the_beginning_are_not_kept(new: Connection, tmp_path: Path) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=new.kafka_bootstrap)
    await admin.start()
    await admin.delete_records({TopicPartition(EVENTS, 0): RecordsToDelete(before_offset=1)})
    await admin.close()
    said = mfa(new.secrets_dir.parent, "backup", str(tmp_path / "backup"))

    assert (said.code, left_in(tmp_path)) == (2, [])
    assert "mfa.events[0]: expected all events from offset 0, the log begins at 1" in said.complained
