"""``mfa verify`` on what the demo has left: it agrees, and it finds whatever is damaged, by its place."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from e2e.damage import AUDIT, CAUGHT_UP, DAMAGES, HISTORY, STATUS
from mfa_cli.verify.verifying import verify
from mfa_contracts.topics import COMMANDS, EVENTS
from mfa_local.stack import local_stack
from support.backends import own_loop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.conftest import DemoRun
    from mfa_local.connection import Connection

READABLE = "every event, audit record and dead letter can be read"


@pytest.fixture(scope="module")
def left_behind(demo: DemoRun) -> Iterator[Connection]:
    """The servers with the demo's data, without workers: nobody but the test changes anything."""
    assert demo.code == 0, demo.printed
    with own_loop() as loop:
        stack = local_stack(demo.environ)
        started = loop.run_until_complete(stack.__aenter__())
        yield started.connection
        loop.run_until_complete(stack.__aexit__(None, None, None))


def verified(demo: DemoRun) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and the findings that do not hold by their rule."""
    command = [sys.executable, "-m", "mfa_cli", "verify", "--json"]
    done = subprocess.run(command, env=demo.environ, capture_output=True, text=True, timeout=120, check=False)
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(findings) == 13, done.stderr
    return done.returncode, {each["rule"]: each for each in findings if not each["holds"]}


@pytest.mark.usefixtures("left_behind")
def test_what_the_demo_left_agrees(demo: DemoRun) -> None:
    assert verified(demo) == (0, {})


def test_what_was_rebuilt_agrees_and_the_version_before_is_not_looked_at(
    demo: DemoRun, left_behind: Connection
) -> None:
    rebuilt(demo)
    with changed(left_behind, "delete from mfa.projection_log where version = 1", "select"):
        forth = verified(demo)
    rebuilt(demo, "--back")

    assert (forth, verified(demo)) == ((0, {}), (0, {}))


def rebuilt(demo: DemoRun, *arguments: str) -> None:
    command = [sys.executable, "-m", "mfa_cli", "rebuild", *arguments]
    done = subprocess.run(command, env=demo.environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_a_status_row_changed_by_hand_is_found(demo: DemoRun, left_behind: Connection) -> None:
    change = "update views_v1.status set mfa_version = mfa_version {} 1 where (tenant_id, user_id) = ('demo-1', 'ann')"
    with changed(left_behind, change.format("+"), change.format("-")):
        code, broken = verified(demo)

    assert (code, list(broken)) == (1, [STATUS])
    assert [each["place"] for each in broken[STATUS]["first"]] == ["demo-1/ann"]


def test_a_status_row_of_nobody_is_found(demo: DemoRun, left_behind: Connection) -> None:
    add = (
        "insert into views_v1.status select tenant_id, 'eve', account_kind, protected_until, enrolled, must_enroll, "
        "mfa_version, sequence, last_event_id, locked, sessions_invalid_before, updated_at from views_v1.status "
        "where (tenant_id, user_id) = ('demo-1', 'ann')"
    )
    with changed(left_behind, add, "delete from views_v1.status where user_id = 'eve'"):
        code, broken = verified(demo)

    assert (code, [each["place"] for each in broken[STATUS]["first"]]) == (1, ["status demo-1/eve"])


def test_an_audit_record_that_was_made_to_disappear_is_found(demo: DemoRun, left_behind: Connection) -> None:
    hide = (
        "create table hidden as select * from views_v1.audit_record where kind = 'MfaReset' and user_id = 'ann'; "
        "alter table views_v1.audit_record disable trigger user; "
        "delete from views_v1.audit_record where kind = 'MfaReset' and user_id = 'ann'"
    )
    back = (
        "insert into views_v1.audit_record select * from hidden; drop table hidden; "
        "alter table views_v1.audit_record enable trigger user"
    )
    with changed(left_behind, hide, back):
        code, broken = verified(demo)

    assert (code, list(broken)) == (1, [AUDIT])
    assert broken[AUDIT]["first"][0]["place"].startswith("mfa.audit[")


def test_a_history_row_of_another_actor_is_found(demo: DemoRun, left_behind: Connection) -> None:
    change = (
        "alter table views_v1.event_history disable trigger user; update views_v1.event_history "
        "set actor_subject = '{}' where type = 'mfa.event.MfaReset.v1' and user_id = 'ann'; "
        "alter table views_v1.event_history enable trigger user"
    )
    with changed(left_behind, change.format("eve"), change.format("bob")):
        code, broken = verified(demo)

    assert (code, list(broken)) == (1, [HISTORY])
    assert (broken[HISTORY]["first"][0]["expected"], broken[HISTORY]["first"][0]["got"]) == ("actor_subject bob", "eve")


@pytest.mark.parametrize("name", DAMAGES)
def test_what_was_changed_by_hand_is_found_at_its_place(left_behind: Connection, name: str) -> None:
    damage = DAMAGES[name]
    with changed(left_behind, damage.change, damage.back):
        broken = broken_now(left_behind)

    assert broken == damage.broken


def broken_now(connection: Connection) -> dict[str, str]:
    """The first place that each broken rule names; workers are not waited for, since there are none."""
    with own_loop() as loop:
        looking = verify(connection.kafka_bootstrap, connection.database_url, patience_s=0)
        report = loop.run_until_complete(looking)
    return {each.rule: each.first[0].place for each in report.findings if not each.holds}


# ---- the last tests of this module: nobody can take a record back ---------------------------------------------


def test_what_others_wrote_into_the_log_is_found(demo: DemoRun, left_behind: Connection) -> None:
    with own_loop() as loop:
        offset = loop.run_until_complete(written(left_behind.kafka_bootstrap, EVENTS))
    code, broken = verified(demo)

    assert code == 1
    assert [each["place"] for each in broken[READABLE]["first"]] == [f"mfa.events[0]@{offset}"]


def test_a_command_that_nobody_decides_is_found(left_behind: Connection) -> None:
    with own_loop() as loop:
        loop.run_until_complete(written(left_behind.kafka_bootstrap, COMMANDS))

    assert broken_now(left_behind)[CAUGHT_UP] == "commands[0]"


async def written(bootstrap: str, topic: str) -> int:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        return int((await producer.send_and_wait(topic, b"{}", b"demo-1/ann", partition=0)).offset)
    finally:
        await producer.stop()


@contextmanager
def changed(connection: Connection, change: str, back: str) -> Iterator[None]:
    """A change to the tables by hand that is taken back at the end."""
    with own_loop() as loop:
        loop.run_until_complete(execute(connection.database_url, change))
        try:
            yield
        finally:
            loop.run_until_complete(execute(connection.database_url, back))


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await asyncio.wait_for(connection.execute(statement), timeout=10)
    finally:
        await connection.close()
