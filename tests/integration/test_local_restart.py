"""What the local servers keep: all of it over a stop, nothing over ``--fresh``, and one process at a time."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from mfa_contracts.topics import EVENTS
from mfa_local import postgres_home
from mfa_local.connection import from_json
from mfa_local.errors import AlreadyRunningError
from mfa_local.places import Places, claimed
from mfa_local.settings import read_settings
from mfa_local.stack import local_stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mfa_local.connection import Connection


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """A place of its own for a stack; cleared away at the end, also what lies outside of it."""
    yield {**os.environ, "MFA_LOCAL_DIR": str(tmp_path)}
    postgres_home.forget(Places(tmp_path))


async def test_a_restart_keeps_data_addresses_and_secrets(environ: Mapping[str, str]) -> None:
    async with local_stack(environ, choice="embedded") as first:
        await _leave_traces(first.connection)
    async with local_stack(environ, choice="embedded") as second:
        assert (await _traces(second.connection), second.connection) == ((1, 1), first.connection)


async def test_a_fresh_start_keeps_nothing(environ: Mapping[str, str]) -> None:
    async with local_stack(environ, choice="embedded") as first:
        await _leave_traces(first.connection)
    async with local_stack(environ, choice="embedded", fresh=True) as second:
        assert await _traces(second.connection) == (0, 0)


async def test_a_directory_that_was_removed_is_begun_anew_wherever_its_data_lay(environ: Mapping[str, str]) -> None:
    places = Places(read_settings(environ).root)
    async with local_stack(environ, choice="embedded") as first:
        await _leave_traces(first.connection)
    shutil.rmtree(places.root)
    async with local_stack(environ, choice="embedded") as second:
        assert await _traces(second.connection) == (0, 0)


def test_how_to_connect_is_written_down_for_the_owner_alone(embedded_stack: Connection) -> None:
    written = embedded_stack.secrets_dir.with_name("connection.json")

    assert (from_json(written.read_text()), written.stat().st_mode & 0o777) == (embedded_stack, 0o600)


async def test_two_stacks_on_one_directory_are_refused_with_the_owner(environ: Mapping[str, str]) -> None:
    with (
        claimed(Places(read_settings(environ).root)),
        pytest.raises(AlreadyRunningError, match=rf"in use by process {os.getpid()}\. Stop that one first"),
    ):
        await _start(environ, fresh=False)


async def test_a_fresh_start_takes_nothing_from_a_stack_that_runs(environ: Mapping[str, str]) -> None:
    places = Places(read_settings(environ).root)
    places.kafka.mkdir()
    with claimed(places), pytest.raises(AlreadyRunningError):
        await _start(environ, fresh=True)

    assert places.kafka.exists()


async def _start(environ: Mapping[str, str], *, fresh: bool) -> None:
    async with local_stack(environ, choice="embedded", fresh=fresh):
        pass


async def _leave_traces(connection: Connection) -> None:
    async with AIOKafkaProducer(bootstrap_servers=connection.kafka_bootstrap) as producer:
        await producer.send_and_wait(EVENTS, b"kept", partition=0)
    database = await asyncpg.connect(connection.database_url)
    await database.execute("create table public.kept as select 1 as one")
    await database.close()


async def _traces(connection: Connection) -> tuple[int, int]:
    """How many records and how many tables of ours are there."""
    partition = TopicPartition(EVENTS, 0)
    async with AIOKafkaConsumer(bootstrap_servers=connection.kafka_bootstrap) as consumer:
        ends = await consumer.end_offsets([partition])
    database = await asyncpg.connect(connection.database_url)
    tables = await database.fetchval("select count(*) from pg_class where relname = 'kept'")
    await database.close()
    return ends[partition], tables
