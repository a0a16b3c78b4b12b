"""Batches on the tables: however the log is cut into batches, the tables end up the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactly_once import HaltedError, Offset, Partition, Record
from mfa_contracts.codec import encode
from mfa_projections.projecting import AuditTable, Views
from mfa_projections.streams import recorded
from mfa_projections.views import fold_history
from support.facts import Life, uuid
from support.tables import MemoryDatabase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_projections.projecting import Projection

TURNS = ("enrolled", "issued", "redeemed", "rejected", "locked", "reset", "refused", "voided", "kept", "unchanged")


def records(*lives: Life) -> list[Record]:
    """The users' events by turns, as they stand in one partition."""
    turns = max(len(life.events) for life in lives)
    told = [(life, life.events[n]) for n in range(turns) for life in lives if n < len(life.events)]
    return [
        Record(Partition(0), Offset(n), 0, 0, life.record_key, encode(event)) for n, (life, event) in enumerate(told)
    ]


def audited(records: Sequence[Record], lives: Sequence[Life]) -> list[Record]:
    events = {encode(event): event for life in lives for event in life.events}
    return [
        replace(record, value=encode(recorded(events[record.value], 0, record.offset)))
        for record in records
        if record.value
    ]


async def apply(database: MemoryDatabase, projection: Projection, *batches: Sequence[Record]) -> int:
    repeated = 0
    for batch in batches:
        async with database.transaction(1) as transaction:
            repeated += await projection.apply(transaction, batch)
    return repeated


def ann() -> Life:
    life = Life()
    life.enrolled()
    life.issued()
    life.redeemed()
    return life


@given(st.lists(st.tuples(st.sampled_from(["ann", "bob"]), st.sampled_from(TURNS)), min_size=1, max_size=12), st.data())
def test_the_rows_do_not_depend_on_how_the_log_is_cut(turns: list[tuple[str, str]], data: st.DataObject) -> None:
    lives = {"ann": Life("acme", "ann"), "bob": Life("acme", "bob")}
    for user, turn in turns:
        getattr(lives[user], turn)()
    log = records(*lives.values())
    cuts = sorted({0, len(log), *data.draw(st.lists(st.integers(0, len(log)), max_size=4))})
    batches = [log[start:end] for start, end in pairwise(cuts)]
    database = MemoryDatabase()

    asyncio.run(apply(database, Views(), *batches))

    rows = fold_history(event for life in lives.values() for event in life.events)
    assert database.kept.readers.status == {key: user.status for key, user in rows.items()}
    assert database.kept.readers.enrollments == {key: user.enrollments for key, user in rows.items()}
    assert database.kept.readers.recovery_codes == {key: user.recovery_codes for key, user in rows.items()}


async def test_events_that_stand_twice_are_dropped_and_counted_in_one_batch_and_over_two() -> None:
    log, database = records(ann()), MemoryDatabase()

    repeated = await apply(database, Views(), [*log, *log[1:]], log)

    assert repeated == 2 + 3
    assert [row.sequence for row in database.kept.readers.history.values()] == [1, 2, 3]


async def test_another_event_under_a_taken_number_is_a_break() -> None:
    database, life = MemoryDatabase(), ann()
    await apply(database, Views(), records(life))
    life.events[0] = life.events[0].model_copy(update={"id": uuid("other")})

    with pytest.raises(HaltedError, match="expected number 4 of its user, got 1"):
        await apply(database, Views(), records(life)[:1])


async def test_a_break_names_the_offset_of_the_event_that_does_not_follow() -> None:
    log = records(ann())

    with pytest.raises(HaltedError) as raised:
        await apply(MemoryDatabase(), Views(), [log[0], log[2]])

    assert raised.value.offset == 2


async def test_an_event_under_another_users_key_is_a_break() -> None:
    (first, *_) = records(ann())

    with pytest.raises(HaltedError, match="key"):
        await apply(MemoryDatabase(), Views(), [replace(first, key=b"acme/bob")])


@pytest.mark.parametrize("value", [None, b"", b"{}", b"\xff"])
async def test_an_unreadable_event_is_a_break_and_is_not_quoted(value: bytes | None) -> None:
    (first, *_) = records(ann())

    with pytest.raises(HaltedError, match="unreadable"):
        await apply(MemoryDatabase(), Views(), [replace(first, value=value)])


async def test_only_rows_that_have_changed_are_written_again() -> None:
    database, life = MemoryDatabase(), ann()
    await apply(database, Views(), records(life))
    life.refused()

    async with database.transaction(1) as transaction:
        await Views().apply(transaction, records(life)[3:])

    changes = database.written[-1]
    assert (set(changes.status), changes.enrollments, changes.recovery_codes) == ({life.key}, {}, {})


async def test_audit_records_are_appended_once() -> None:
    life, database = ann(), MemoryDatabase()
    log = audited(records(life), [life])

    repeated = await apply(database, AuditTable(), [*log[:2], *log[:2]], log)

    assert repeated == 2 + 2
    assert [row.offset for row in database.kept.readers.audit.values()] == [0, 1, 2]


async def test_an_audit_record_left_out_is_a_break() -> None:
    life = ann()
    log = audited(records(life), [life])

    with pytest.raises(HaltedError, match="expected number 2 of its user, got 3"):
        await apply(MemoryDatabase(), AuditTable(), [log[0], log[2]])
