"""Golden messages: what was once on the wire can be read for ever, and means the same."""

from __future__ import annotations

import json
from typing import Final

import pytest

from mfa_contracts.codec import decode_command, decode_event, encode
from mfa_contracts.ids import event_id
from mfa_contracts.outcomes import outcome_id
from mfa_contracts.publish_catalogue import published
from mfa_contracts.publish_examples import digests, frozen
from mfa_contracts.tokens import TokenClaims, digest_of
from support.golden import EXAMPLES, golden_bytes, golden_names, read, type_of

NAMES: Final = golden_names()
EVENTS: Final = tuple(name for name in NAMES if name.startswith("mfa.event."))


def test_every_type_in_every_version_has_a_golden_message() -> None:
    assert {type_of(name) for name in NAMES} >= {message.type_name for message in published()}


def test_no_golden_message_changes_appears_or_goes_unseen() -> None:
    assert digests(EXAMPLES) == frozen(EXAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_reading_and_writing_keeps_the_meaning(name: str) -> None:
    value = golden_bytes(name)

    assert json.loads(encode(read(name, value))) == json.loads(value)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("mfa.token.")])
def test_a_golden_file_is_named_after_its_type(name: str) -> None:
    assert json.loads(golden_bytes(name))["type"] == type_of(name)


@pytest.mark.parametrize("name", EVENTS)
def test_the_id_of_an_event_follows_from_its_command(name: str) -> None:
    event = decode_event(golden_bytes(name))

    assert event.id in {event_id(event.causationid, number) for number in range(4)}


@pytest.mark.parametrize(
    ("name", "key"),
    [("mfa.outcome.CommandDecided.v1", b"acme/ann"), ("mfa.outcome.CommandDecided.v1.refused", b"acme/bob")],
)
def test_an_outcome_names_the_events_of_its_command(name: str, key: bytes) -> None:
    outcome = json.loads(golden_bytes(name))
    command = read(name, golden_bytes(name)).model_dump()["causationid"]

    assert outcome["id"] == str(outcome_id(command, key))
    assert outcome["data"]["event_ids"] == [
        str(event_id(command, number)) for number in range(len(outcome["data"]["event_ids"]))
    ]


def test_the_reset_its_token_and_its_fact_speak_of_the_same_bytes() -> None:
    sent = encode(decode_command(golden_bytes("mfa.command.ResetMfa.v1")))
    token = TokenClaims.model_validate_json(golden_bytes("mfa.token.TransactionToken.v1"))
    fact = decode_event(golden_bytes("mfa.event.MfaReset.v1"))

    assert token.tctx.sha256 == fact.data.source.digest == digest_of(sent)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("mfa.outcome.", "mfa.deadletter."))])
def test_answers_name_no_tenant_and_no_user(name: str) -> None:
    said = golden_bytes(name).decode()

    assert not any(f'"{word}"' in said for word in ("acme", "ann", "bob", "tenantid", "subject", "personal"))
