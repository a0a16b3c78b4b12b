"""A policy may be stricter or milder, and never leave a guard open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mfa_commands.domain.errors import PolicyError
from mfa_commands.domain.facts import WINDOW_KEPT, Policy


@pytest.mark.parametrize("count", [0, 101])
def test_the_lock_comes_after_one_to_a_hundred_wrong_codes(count: int) -> None:
    with pytest.raises(PolicyError, match="lock_after from 1 to 100"):
        Policy(lock_after=count)


def test_a_hundred_is_allowed() -> None:
    assert Policy(lock_after=100).lock_after == 100


@pytest.mark.parametrize("name", ["window_max", "enrollments_max"])
def test_a_bound_of_nothing_is_refused(name: str) -> None:
    wrong: dict[str, Any] = {name: 0}
    with pytest.raises(PolicyError, match=name):
        Policy(**wrong)


def test_a_command_never_outlives_the_memory_of_its_first_copy() -> None:
    with pytest.raises(PolicyError, match="command_max_age"):
        Policy(command_max_age=WINDOW_KEPT)


def test_the_memory_outlasts_a_token_of_an_issuer_whose_clock_runs_ahead() -> None:
    # Appended at 0 with an `iat` of one minute, copied at 16 minutes, decided that much later.
    longest = WINDOW_KEPT - timedelta(minutes=16)

    assert Policy(command_max_age=longest).command_max_age == longest
    with pytest.raises(PolicyError, match="command_max_age"):
        Policy(command_max_age=longest + timedelta(seconds=1))


def test_the_wait_doubles_from_a_second_and_ends_at_a_quarter_of_an_hour() -> None:
    waits = [Policy().delay_after(count) for count in (1, 3, 4, 5, 13, 14, 100)]
    seconds = [None if wait is None else wait.total_seconds() for wait in waits]
    assert seconds == [None, None, 1, 2, 512, 900, 900]


def test_the_wait_is_bounded_however_often_it_was_wrong() -> None:
    assert Policy().delay_after(10**9) == timedelta(minutes=15)
