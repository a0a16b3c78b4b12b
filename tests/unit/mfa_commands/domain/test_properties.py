"""What holds on every walk, whatever anybody asks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from mfa_commands.domain.evolve import evolve, fold
from mfa_commands.domain.packed import pack, unpack
from mfa_commands.domain.state import INITIAL, enrollments, grants_code, live_code
from mfa_contracts.codec import decode_event, encode
from mfa_contracts.events import NothingChanged, RecoveryCodeIssued, RecoveryCodeRedeemed
from mfa_contracts.vocabulary import Verdict
from unit.mfa_commands.domain.walks import walks

if TYPE_CHECKING:
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.events import Event
    from support.story import Story

ANY = settings(max_examples=150, deadline=None)


def log_of(stories: tuple[Story, ...]) -> list[Event]:
    return [event for story in stories for event in story.events]


@ANY
@given(walks)
def test_sequence_counts_all_facts_without_a_gap(stories: tuple[Story, ...]) -> None:
    log = log_of(stories)
    assert [event.sequence for event in log] == list(range(1, len(log) + 1))


@ANY
@given(walks)
def test_every_fact_survives_the_wire_unchanged(stories: tuple[Story, ...]) -> None:
    log = log_of(stories)
    assert [decode_event(encode(event)) for event in log] == log


@ANY
@given(walks)
def test_the_log_alone_makes_the_state_byte_for_byte(stories: tuple[Story, ...]) -> None:
    read = [decode_event(encode(event)) for event in log_of(stories)]
    assert pack(fold(INITIAL, read)) == pack(stories[-1].state)


@ANY
@given(walks)
def test_pack_and_unpack_are_each_others_inverse(stories: tuple[Story, ...]) -> None:
    for story in stories:
        assert unpack(pack(story.state)) == story.state


@ANY
@given(walks)
def test_all_facts_of_one_append_say_the_same_version_before_and_after(stories: tuple[Story, ...]) -> None:
    for before, after in pairwise(stories):
        said = {(event.data.mfa_version_before, event.data.mfa_version) for event in after.events}
        assert said <= {(before.state.mfa_version, after.state.mfa_version)}


def seen(state: UserMfa) -> object:
    """What ``mfa_version`` is the version of: enrolments, code, kind, lock."""
    kind = None if state.classified is None else state.classified.kind
    return enrollments(state), live_code(state), kind, state.enrolled is not None and state.enrolled.locked


@ANY
@given(walks)
def test_the_version_rises_by_one_exactly_when_something_seen_changed(stories: tuple[Story, ...]) -> None:
    for before, after in pairwise(stories):
        risen = after.state.mfa_version - before.state.mfa_version
        assert risen == (seen(before.state) != seen(after.state)), after


@ANY
@given(walks)
def test_a_refusal_changes_neither_enrollments_nor_code_nor_kind(stories: tuple[Story, ...]) -> None:
    for before, after in pairwise(stories):
        assert after.outcome is not None
        if after.outcome.verdict is Verdict.REFUSED and not (after.state.enrolled and after.state.enrolled.locked):
            assert seen(before.state) == seen(after.state)


@ANY
@given(walks)
def test_a_redemption_leaves_one_living_code_and_another_one(stories: tuple[Story, ...]) -> None:
    for before, after in pairwise(stories):
        for event in after.events:
            if isinstance(event.data, RecoveryCodeRedeemed):
                old, new = live_code(before.state), live_code(after.state)
                assert old is not None
                assert new is not None
                assert (event.data.code_id, event.data.replacement.code_id) == (old.code_id, new.code_id)
                assert old.code_id != new.code_id


@ANY
@given(walks)
def test_no_code_is_redeemed_twice(stories: tuple[Story, ...]) -> None:
    used = [event.data.code_id for event in log_of(stories) if isinstance(event.data, RecoveryCodeRedeemed)]
    assert len(used) == len(set(used))


@ANY
@given(walks)
def test_a_code_lives_only_beside_an_enrollment_that_grants_one(stories: tuple[Story, ...]) -> None:
    for story in stories:
        assert live_code(story.state) is None or grants_code(enrollments(story.state))


@ANY
@given(walks)
def test_a_code_comes_into_being_only_as_its_fact_says(stories: tuple[Story, ...]) -> None:
    for before, after in pairwise(stories):
        new = live_code(after.state)
        if new is not None and new != live_code(before.state):
            assert any(isinstance(event.data, RecoveryCodeIssued | RecoveryCodeRedeemed) for event in after.events)


@ANY
@given(walks)
def test_every_decided_command_is_remembered_once(stories: tuple[Story, ...]) -> None:
    for story in stories:
        ids = [remembered.id for remembered in story.state.window]
        assert len(ids) == len(set(ids))


@ANY
@given(walks)
def test_nothing_changed_stands_alone_in_its_append(stories: tuple[Story, ...]) -> None:
    for story in stories:
        quiet = [isinstance(event.data, NothingChanged) for event in story.events]
        assert quiet in ([True], [False] * len(quiet))


@ANY
@given(walks, st.randoms(use_true_random=False))
def test_the_fold_takes_every_fact_in_every_state(stories: tuple[Story, ...], random: object) -> None:
    log = log_of(stories)
    random.shuffle(log)  # type: ignore[attr-defined] # Hypothesis's Random
    for story in stories[:3]:
        for event in log:
            assert evolve(story.state, event).sequence == event.sequence


@ANY
@given(walks)
def test_times_never_run_backwards(stories: tuple[Story, ...]) -> None:
    times = [event.time for event in log_of(stories)]
    assert times == sorted(times)
