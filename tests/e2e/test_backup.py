"""A day's events are kept and put into another cluster, which then goes on where the old one had ended."""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_cli.local_client import local_client
from mfa_client import Done, Refused
from mfa_contracts import topics
from mfa_contracts.codec import decode_event
from mfa_local.workers import running_workers
from support.backends import own_loop
from support.moving_house import TENANT, another_cluster, asked, mfa, user_of
from support.posting import posting
from support.reading import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aiokafka import ConsumerRecord

    from mfa_contracts.outcomes import Outcome
    from mfa_local.connection import Connection
    from support.moving_house import Day, Said

ANSWERED = "every command kept has its events, a dead letter, or a reason to have none"


@pytest.fixture(scope="module")
def moved(day: Day) -> Iterator[tuple[Connection, Said, list[ConsumerRecord]]]:
    """Another cluster with the day's events, and both workers; what the restore said, and what stood after it."""
    with tempfile.TemporaryDirectory(prefix="mfa-new-") as home, own_loop() as loop:
        root = Path(home) / "new"
        with another_cluster(root, day.secrets) as connection:
            said = mfa(root, "restore", str(day.backup))
            assert said.code == 0, said.complained
            stood = loop.run_until_complete(standing(connection))
            running = running_workers(connection)
            loop.run_until_complete(running.__aenter__())
            yield connection, said, stood
            loop.run_until_complete(running.__aexit__(None, None, None))


async def standing(connection: Connection) -> list[ConsumerRecord]:
    async with posting(connection.kafka_bootstrap) as post:
        return await post.standing(topics.EVENTS)


def content(records: Sequence[ConsumerRecord]) -> list[tuple[object, ...]]:
    """All of a record but its offset."""
    return [(r.partition, r.timestamp, r.key, r.value, r.headers) for r in records]


def test_a_backup_has_a_line_for_each_event(day: Day) -> None:
    files = sorted(day.backup.glob("*.gz"))
    lines = [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]

    assert [line["offset"] for line in lines] == [record.offset for record in day.events]


def test_the_hashes_of_a_backup_are_those_of_its_files(day: Day) -> None:
    manifest = json.loads((day.backup / "manifest.json").read_bytes())
    sealed = (day.backup / "manifest.sha256").read_text()
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in day.backup.iterdir()}

    assert {part["file"]: part["sha256"] for part in manifest["parts"]}.items() <= found.items()
    assert sealed == f"{found['manifest.json']}  manifest.json\n"


def test_nobody_but_its_owner_can_read_a_backup(day: Day) -> None:
    assert {file.stat().st_mode & 0o077 for file in (day.backup, *day.backup.glob("*.gz"))} == {0}


def test_events_stand_in_the_new_cluster_as_they_were(
    day: Day, moved: tuple[Connection, Said, list[ConsumerRecord]]
) -> None:
    _, said, stood = moved

    assert content(stood) == content(day.events)
    assert said.rows == day.rows


async def test_commands_decided_before_the_backup_are_recognised(
    day: Day, moved: tuple[Connection, Said, list[ConsumerRecord]]
) -> None:
    connection, *_ = moved
    again: list[Outcome] = []
    async with posting(connection.kafka_bootstrap) as post:
        for command, signed, _ in day.decided:
            await post.put(signed)
            again.extend(await post.answers(command.id))

    assert {outcome.code for outcome in again} == {"code_already_sent"}
    assert [outcome.event_ids for outcome in again] == [first.event_ids for *_, first in day.decided]


async def test_recovery_codes_from_before_the_backup_are_redeemed_once(
    day: Day, moved: tuple[Connection, Said, list[ConsumerRecord]]
) -> None:
    connection, *_ = moved
    ended = []
    async with local_client(connection, "tests") as client:
        for user, code in day.codes.items():
            first = await client.redeem_recovery_code(TENANT, user, code, actor=user_of(user))
            second = await client.redeem_recovery_code(TENANT, user, code, actor=user_of(user))
            ended.append((type(first), type(second)))

    assert ended == [(Done, Refused)] * len(day.codes)


async def test_new_commands_are_decided_behind_those_of_the_old_cluster(
    day: Day, moved: tuple[Connection, Said, list[ConsumerRecord]]
) -> None:
    connection, *_ = moved
    ends = {row["partition"]: row["commands_end"] for row in day.rows}
    async with posting(connection.kafka_bootstrap) as post:
        for user in ("new-1", "new-2", "new-3", "new-4"):
            command, signed = asked(connection, user)
            await post.put(signed)
            await post.answers(command.id)
        events = [event for event in await post.events(TENANT) if event.subject.startswith("new-")]

    assert len({event.subject for event in events}) == 4
    assert all(event.data.source.offset >= ends[event.data.source.partition] for event in events)


async def test_the_tables_are_made_from_the_events(
    day: Day, moved: tuple[Connection, Said, list[ConsumerRecord]]
) -> None:
    connection, *_ = moved
    rows = await ask(connection.database_url, "select event_id from mfa.event_history")

    assert {decode_event(record.value).id for record in day.events} <= {row["event_id"] for row in rows}


def test_everything_agrees_and_commands_that_were_left_behind_are_counted(
    day: Day, moved: tuple[Connection, Said, list[ConsumerRecord]]
) -> None:
    connection, *_ = moved
    said = mfa(connection.secrets_dir.parent, "verify", "--json")
    left_behind = {decode_event(record.value).causationid for record in day.events}

    assert (said.code, [row["rule"] for row in said.rows if not row["holds"]]) == (0, [])
    assert {row["rule"]: row["unchecked"] for row in said.rows}[ANSWERED] == len(left_behind)


def test_a_cluster_with_records_takes_no_backup(day: Day, moved: tuple[Connection, Said, list[ConsumerRecord]]) -> None:
    connection, *_ = moved
    said = mfa(connection.secrets_dir.parent, "restore", str(day.backup))

    assert (said.code, said.rows) == (2, [])
    assert "expected no record, got" in said.complained


async def test_a_restored_cluster_can_be_kept_again(
    day: Day, moved: tuple[Connection, Said, list[ConsumerRecord]], tmp_path: Path
) -> None:
    connection, *_ = moved
    said = mfa(connection.secrets_dir.parent, "backup", str(tmp_path / "again"))

    assert (said.code, sum(row["records"] for row in said.rows) >= len(day.events)) == (0, True)
