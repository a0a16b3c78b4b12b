"""The small parts, each alone: back-off, caution, the queue, the position."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactly_once import Limits, LogIdentity, Offset, Position, Record, position
from exactly_once.backoff import wait_seconds
from exactly_once.caution import Caution, after_failure, after_success, is_poison, most_records
from exactly_once.inbox import Inbox
from exactly_once.records import RECORD_BYTES
from support.leasing import P0

LIMITS = Limits()
LOG = LogIdentity("cluster", 12, {"in": "1", "out": "2"})
HERE = Position(Offset(7), Offset(9), 1, LOG)


# ---- back-off ---------------------------------------------------------------------------------------------------


@given(st.integers(1, 1000), st.floats(0, 1), st.booleans())
def test_no_wait_is_longer_than_the_cap_and_its_spread(failures: int, spread: float, fenced: bool) -> None:  # noqa: FBT001  # drawn by hypothesis
    assert 0 < wait_seconds(failures, LIMITS, spread, fenced=fenced) <= LIMITS.backoff_most_seconds * 1.25


@given(st.integers(1, 100))
def test_a_wait_is_never_shorter_than_the_one_before(failures: int) -> None:
    waits = [wait_seconds(n, LIMITS, 0.5, fenced=False) for n in (failures, failures + 1)]
    assert waits == sorted(waits)


def test_after_fencing_the_first_wait_is_longer() -> None:
    assert wait_seconds(1, LIMITS, 0, fenced=True) > wait_seconds(1, LIMITS, 0, fenced=False)


# ---- caution ----------------------------------------------------------------------------------------------------


def test_a_failed_batch_is_halved() -> None:
    assert most_records(after_failure(None, records(0, 8)), Offset(0), 500) == 4


def test_a_batch_beyond_what_failed_is_not_bounded() -> None:
    assert most_records(after_failure(None, records(0, 8)), Offset(8), 500) == 500


def test_a_success_doubles_the_next_step() -> None:
    assert after_success(Caution(Offset(7), 2), records(0, 2)) == Caution(Offset(7), 4)


def test_a_success_up_to_what_failed_ends_the_caution() -> None:
    assert after_success(Caution(Offset(7), 2), records(6, 8)) is None


def test_a_record_that_fails_alone_the_first_time_is_no_poison() -> None:
    assert not is_poison(None, records(0, 1))


def test_a_record_that_fails_alone_the_second_time_is_poison() -> None:
    assert is_poison(after_failure(None, records(0, 8)), records(3, 4))


@given(st.integers(1, 300), st.data())
def test_the_bad_record_is_found_in_few_steps(count: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, count - 1))
    assert steps_to_find(bad, count) <= 2 * count.bit_length() + 10


def steps_to_find(bad: int, count: int) -> int:
    caution, at, failures = None, 0, 0
    while True:
        size = most_records(caution, Offset(at), count - at)
        batch = records(at, min(at + size, count))
        if all(r.offset != bad for r in batch):
            caution, at = after_success(caution, batch), at + len(batch)
            continue
        failures += 1
        if is_poison(caution, batch):
            return failures
        caution = after_failure(caution, batch)


# ---- the queue --------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5), max_size=20), st.integers(1, 6), st.integers(1, 3 * RECORD_BYTES))
def test_the_queue_gives_everything_in_order(sizes: list[int], most: int, most_bytes: int) -> None:
    inbox = Inbox(1000, 1000)
    put = [sized(n, size) for n, size in enumerate(sizes)]
    inbox.put(put)
    taken: list[Record] = []
    while len(inbox):
        taken.extend(inbox.take(most, most_bytes))

    assert taken == put


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(1, 6), st.integers(1, 3 * RECORD_BYTES))
def test_the_queue_gives_at_least_one_and_no_more_than_the_bounds(sizes: list[int], most: int, most_bytes: int) -> None:
    inbox = Inbox(1000, 1000)
    inbox.put([sized(n, size) for n, size in enumerate(sizes)])
    taken = inbox.take(most, most_bytes)

    assert 1 <= len(taken) <= most
    assert len(taken) == 1 or sum(r.size for r in taken) <= most_bytes


def test_the_queue_is_full_by_count() -> None:
    inbox = Inbox(2, 1000)
    inbox.put(records(0, 2))

    assert inbox.is_full


def test_the_queue_is_full_by_bytes() -> None:
    inbox = Inbox(1000, 10 + RECORD_BYTES)
    inbox.put([sized(0, 9)])
    before = inbox.is_full
    inbox.put([sized(1, 10)])

    assert (before, inbox.is_full) == (False, True)


def test_headers_fill_the_queue_as_values_do() -> None:
    inbox = Inbox(1000, 1000)
    inbox.put([replace(sized(0, 1), headers=(("h" * 500, b"v" * 500),))])

    assert inbox.is_full


def test_many_small_headers_fill_the_queue_by_their_number() -> None:
    inbox = Inbox(1000, 10_000)
    inbox.put([replace(sized(0, 1), headers=(("", b""),) * 100)])

    assert inbox.is_full


def test_records_of_nothing_fill_the_queue_by_their_number() -> None:
    inbox = Inbox(1000, 2 * RECORD_BYTES)
    inbox.put([sized(0, 0), sized(1, 0)])

    assert inbox.is_full


def test_a_batch_takes_no_more_headers_than_its_bytes() -> None:
    inbox = Inbox(1000, 10_000)
    inbox.put([replace(sized(n, 1), headers=(("h", b"v" * 1000),)) for n in range(4)])

    assert len(inbox.take(4, 3000)) == 2


def test_the_queue_is_low_only_at_half_its_bound() -> None:
    inbox = Inbox(4, 10_000)
    inbox.put(records(0, 4))
    inbox.take(1, 1000)
    before = inbox.is_low
    inbox.take(1, 1000)

    assert (before, inbox.is_low) == (False, True)


def test_what_is_put_back_comes_first_again() -> None:
    inbox = Inbox(10, 1000)
    inbox.put(records(0, 4))
    inbox.put_back(inbox.take(2, 1000))

    assert inbox.take(10, 10_000) == tuple(records(0, 4))


async def test_one_who_waits_for_a_record_is_woken() -> None:
    inbox = Inbox(10, 1000)
    waiting = asyncio.create_task(inbox.first())
    await asyncio.sleep(0)
    inbox.put(records(3, 4))

    assert (await waiting).offset == 3


def test_an_emptied_queue_is_empty() -> None:
    inbox = Inbox(1, 1)
    inbox.put(records(0, 4))
    inbox.clear()

    assert (len(inbox), inbox.is_full) == (0, False)


# ---- the position -----------------------------------------------------------------------------------------------


@given(st.integers(0, 2**62), st.integers(-1, 2**62), st.integers(1, 9))
def test_a_position_is_read_as_it_was_written(next_input: int, last_output: int, state_format: int) -> None:
    there = Position(Offset(next_input), Offset(last_output), state_format, LOG)

    assert position.decode(position.encode(there)) == there


def test_a_position_of_another_format_is_none() -> None:
    fields = {**json.loads(position.encode(HERE)), "format": position.FORMAT + 1}

    assert position.decode(json.dumps(fields).encode()) is None


@pytest.mark.parametrize("value", [b"", b"nonsense", b"[]", b"{}"])
def test_what_is_no_position_is_refused(value: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever it says, it is no position
        position.decode(value)


@pytest.mark.parametrize(
    "other", [replace(LOG, cluster="x"), replace(LOG, partitions=6), replace(LOG, topics={"in": "1", "out": "3"})]
)
def test_another_log_differs(other: LogIdentity) -> None:
    assert LOG.differs_from(other) != ""


@pytest.mark.parametrize("other", [LOG, replace(LOG, topics={"in": "1", "out": ""}), replace(LOG, topics={"in": "1"})])
def test_an_id_that_is_not_known_matches_any(other: LogIdentity) -> None:
    assert LOG.differs_from(other) == ""


def records(start: int, end: int) -> list[Record]:
    return [sized(offset, 1) for offset in range(start, end)]


def sized(offset: int, size: int) -> Record:
    return Record(P0, Offset(offset), 0, 0, None, b"x" * size)
