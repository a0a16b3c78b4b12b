"""The second guard: next, again, or broken."""

from __future__ import annotations

import pytest

from mfa_projections.sequence import Follows, judge
from support.facts import uuid

TAKEN = {1: uuid("1"), 2: uuid("2"), 3: uuid("3")}


def test_the_number_after_the_last_is_next() -> None:
    assert judge(3, 4, uuid("4"), None) is Follows.NEXT


def test_a_users_first_event_is_number_one() -> None:
    assert judge(0, 1, uuid("1"), None) is Follows.NEXT


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_the_same_event_under_its_number_stands_twice(sequence: int) -> None:
    assert judge(3, sequence, uuid(str(sequence)), TAKEN[sequence]) is Follows.AGAIN


@pytest.mark.parametrize("sequence", [1, 3])
def test_another_event_under_a_taken_number_is_a_break(sequence: int) -> None:
    assert judge(3, sequence, uuid("other"), TAKEN[sequence]) is Follows.BROKEN


def test_a_number_left_out_is_a_break() -> None:
    assert judge(3, 5, uuid("5"), None) is Follows.BROKEN


def test_a_taken_number_of_which_nothing_is_known_is_a_break() -> None:
    assert judge(9, 2, uuid("2"), None) is Follows.BROKEN


def test_a_number_left_out_is_a_break_whatever_is_known_of_it() -> None:
    assert judge(3, 5, uuid("5"), uuid("5")) is Follows.BROKEN
