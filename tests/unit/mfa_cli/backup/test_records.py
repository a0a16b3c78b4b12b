"""A record as a line, and the hash that tells two lists of records apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactly_once.records import Offset, Partition, Record
from mfa_cli.backup.records import RecordsHash, line_of, record_in

if TYPE_CHECKING:
    from collections.abc import Sequence

octets = st.none() | st.binary(max_size=40)
records = st.builds(
    Record,
    partition=st.just(Partition(3)),
    offset=st.integers(0, 2**63 - 1).map(Offset),
    timestamp_ms=st.integers(-1, 2**62),
    timestamp_type=st.just(0),
    key=octets,
    value=octets,
    headers=st.lists(st.tuples(st.text(max_size=10), st.binary(max_size=10)), max_size=3).map(tuple),
)
PLAIN = Record(Partition(0), Offset(7), 1_000, 0, b"acme/ann", b"{}", (("content-type", b"json"),))


def hashed(some: Sequence[Record]) -> str:
    found = RecordsHash()
    for record in some:
        found.add(record)
    return found.hexdigest()


@given(records)
def test_a_line_holds_all_of_a_record(record: Record) -> None:
    assert record_in(line_of(record), record.partition) == record


@given(records)
def test_a_record_is_one_line(record: Record) -> None:
    assert line_of(record).count(b"\n") == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, key=None),
        replace(PLAIN, key=b"acme/an", value=b"n{}"),
        replace(PLAIN, value=None),
        replace(PLAIN, value=b""),
        replace(PLAIN, timestamp_ms=1_001),
        replace(PLAIN, headers=()),
        replace(PLAIN, headers=(("content-typej", b"son"),)),
    ],
)
def test_whatever_differs_the_hash_does(other: Record) -> None:
    assert hashed([other]) != hashed([PLAIN])


def test_the_hash_is_of_the_order_too() -> None:
    other = replace(PLAIN, value=b"[]")

    assert hashed([PLAIN, other]) != hashed([other, PLAIN])


def test_where_a_record_stands_is_not_hashed() -> None:
    assert hashed([replace(PLAIN, offset=Offset(99))]) == hashed([PLAIN])
