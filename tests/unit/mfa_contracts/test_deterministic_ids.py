"""Ids of what we write follow from what it is about: done again, it is the same message again."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mfa_contracts.audit import audit_id
from mfa_contracts.deadletters import dead_letter_id
from mfa_contracts.ids import CommandId, TenantId, UserId, event_id
from mfa_contracts.outcomes import outcome_id

COMMAND: Final = CommandId(UUID("6ba7b810-9dad-41d1-80b4-00c04fd430c8"))
COMMANDS: Final = st.uuids().map(CommandId)
NUMBERS: Final = st.integers(min_value=0, max_value=999)


def test_an_event_id_is_the_same_for_ever() -> None:
    assert event_id(COMMAND, 0) == UUID("974a19bb-20a3-5c30-8f29-8904f5dbe283")


def test_an_outcome_id_is_the_same_for_ever() -> None:
    assert outcome_id(COMMAND, b"acme/ann") == UUID("29896a77-6337-507e-9363-08b471b7ac7f")


def test_an_audit_id_is_the_same_for_ever() -> None:
    assert audit_id(TenantId("acme"), UserId("ann"), 7, "MfaReset") == UUID("a583588a-ae76-58af-9c2a-ea46d7c52679")


def test_a_dead_letter_id_is_the_same_for_ever() -> None:
    assert dead_letter_id("mfa.commands", 3, 1207) == UUID("d57ee7af-f315-5287-8cd0-898ba6fcc934")


@given(COMMANDS, NUMBERS, NUMBERS)
def test_the_events_of_a_command_have_different_ids(command: CommandId, one: int, other: int) -> None:
    assert (event_id(command, one) == event_id(command, other)) == (one == other)


@given(COMMANDS, COMMANDS, NUMBERS)
def test_events_of_different_commands_have_different_ids(one: CommandId, other: CommandId, number: int) -> None:
    assert (event_id(one, number) == event_id(other, number)) == (one == other)


@given(COMMANDS, NUMBERS)
def test_an_outcome_is_never_taken_for_an_event(command: CommandId, number: int) -> None:
    assert outcome_id(command, b"acme/ann") != event_id(command, number)


@given(COMMANDS)
def test_outcomes_of_one_command_id_for_two_users_have_different_ids(command: CommandId) -> None:
    assert outcome_id(command, b"acme/ann") != outcome_id(command, b"acme/bob")


@given(NUMBERS, NUMBERS)
def test_audit_records_of_other_facts_have_other_ids(one: int, other: int) -> None:
    ann, kind = (TenantId("acme"), UserId("ann")), "MfaReset"

    assert (audit_id(*ann, one, kind) == audit_id(*ann, other, kind)) == (one == other)


def test_audit_records_of_other_users_have_other_ids() -> None:
    kind = "MfaReset"

    assert audit_id(TenantId("acme"), UserId("ann"), 1, kind) != audit_id(TenantId("acme"), UserId("bob"), 1, kind)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_dead_letters_of_other_records_have_other_ids(partition: int, offset: int, other: int, another: int) -> None:
    same = (partition, offset) == (other, another)

    assert (dead_letter_id("mfa.commands", partition, offset) == dead_letter_id("mfa.commands", other, another)) == same
