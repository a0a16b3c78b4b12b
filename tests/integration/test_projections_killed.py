"""A worker of the read side that is killed while it works: nothing is told or shown twice, nothing is left out."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_contracts.codec import decode_audit, decode_event
from mfa_projections.streams import recorded
from mfa_projections.views import fold_history
from support.facts import Life
from support.reading import append_events, ask, own_topics, reading, standing_in, until, until_rows

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from mfa_projections.wiring import Topics

TESTS = Path(__file__).parents[1]
USERS, EVENTS = 40, 50


def lives() -> list[Life]:
    told = [Life("acme", f"user-{number}", partition=number % 2) for number in range(USERS)]
    for life in told:
        for failures in range(1, EVENTS + 1):
            life.rejected(failures)
    return told


@asynccontextmanager
async def process(bootstrap: str, database_url: str, names: Topics, group: str) -> AsyncIterator[Process]:
    """A worker of its own; killed at the end at the latest."""
    told = (bootstrap, database_url, names.events, names.audit, names.audit_state, group)
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "support.lone_reader", *told, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield worker
    finally:
        if worker.returncode is None:
            worker.kill()
        await worker.wait()


async def test_a_worker_that_is_killed_while_it_works_leaves_nothing_out_and_nothing_twice(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    for turn in range(EVENTS):
        await append_events(kafka_bootstrap, names.events, [(life.partition, life.events[turn]) for life in told])

    async with process(kafka_bootstrap, database_url, names, topic_prefix) as worker:
        await until(lambda: has_begun(database_url), "the first worker has begun")
        worker.kill()
    (left,) = await ask(database_url, "select count(*) from mfa.audit_record")
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await until_rows(database_url, "audit_record", USERS * EVENTS)
        await until_rows(database_url, "event_history", USERS * EVENTS)

    log = await standing_in(kafka_bootstrap, names.events)
    expected = [recorded(decode_event(record.value), record.partition, record.offset) for record in log]
    assert [decode_audit(record.value) for record in await standing_in(kafka_bootstrap, names.audit)] == expected
    rows = await ask(database_url, "select tenant_id, user_id, sequence, last_event_id from mfa.status")
    shown = {(row["tenant_id"], row["user_id"]): (row["sequence"], row["last_event_id"]) for row in rows}
    folded = fold_history(event for life in told for event in life.events)
    assert shown == {key: (user.status.sequence, user.status.last_event_id) for key, user in folded.items()}
    assert left["count"] != USERS * EVENTS, "the worker had ended its work before it was killed: give it more"


async def has_begun(database_url: str) -> bool:
    (row,) = await ask(database_url, "select count(*) from mfa.event_history")
    return row["count"] != 0
