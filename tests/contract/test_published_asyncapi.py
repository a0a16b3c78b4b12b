"""The AsyncAPI document: valid by the AsyncAPI Initiative's own schema, and nothing in it points nowhere."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs
import pytest

from mfa_contracts import topics
from mfa_contracts.ids import TenantId, UserId, record_key
from mfa_contracts.publish import PUBLISHED
from mfa_contracts.publish_catalogue import published
from support.golden import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_contracts.upcasters import JsonValue

Document = dict[str, Any]

FOLDER: Final = ROOT / PUBLISHED
OFFICIAL: Final = Path(__file__).parent / "asyncapi/3.0.0.schema.json.gz"


@pytest.fixture(scope="module")
def document() -> Document:
    made: Document = json.loads((FOLDER / "asyncapi.json").read_text())
    return made


@pytest.fixture(scope="module")
def official() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads(gzip.decompress(OFFICIAL.read_bytes())))


def references(value: JsonValue) -> Iterator[str]:
    """Every ``$ref`` below ``value``."""
    match value:
        case {"$ref": str(target)}:
            yield target
        case dict():
            for inner in value.values():
                yield from references(inner)
        case list():
            for inner in value:
                yield from references(inner)


def target_of(document: Document, reference: str) -> Document:
    """What a reference points to; a KeyError or OSError when that is nothing."""
    if not reference.startswith("#/"):
        found: Document = json.loads((FOLDER / reference).read_text())
        return found
    at = document
    for step in reference.removeprefix("#/").split("/"):
        at = at[step]
    return at


def test_the_document_is_valid_by_the_official_schema(document: Document, official: jsonschema_rs.Validator) -> None:
    assert [error.message for error in official.iter_errors(document)] == []


def test_the_official_schema_refuses_a_damaged_document(document: Document, official: jsonschema_rs.Validator) -> None:
    damaged = {**document, "operations": {"reset": {"action": "ask", "channel": {"$ref": "#/channels/mfa.commands"}}}}

    assert not official.is_valid(damaged)


def test_every_reference_points_to_something(document: Document) -> None:
    assert all(target_of(document, reference) for reference in references(document))


def test_a_payload_is_the_schema_of_its_message(document: Document) -> None:
    for name, message in document["components"]["messages"].items():
        schema = target_of(document, message["payload"]["$ref"])
        assert schema["$id"] == f"urn:mfa:schema:{name}"


def test_every_topic_of_the_catalogue_is_a_channel(document: Document) -> None:
    assert list(document["channels"]) == [topic.name for topic in topics.catalogue()]


def test_every_message_type_travels_on_its_topic(document: Document) -> None:
    for message in published():
        on = [name for name, channel in document["channels"].items() if message.type_name in channel["messages"]]
        assert on == ([message.topic] if message.topic else [])


def test_only_the_writer_of_a_topic_sends_on_it(document: Document) -> None:
    writers = {topic.name: topic.written_by for topic in topics.catalogue()}

    for name, operation in document["operations"].items():
        service, action, topic = name.split(".", 2)
        assert operation["action"] == action
        assert action == "receive" or writers[topic] == service


def test_a_command_is_answered_on_the_outcomes(document: Document) -> None:
    reply = document["operations"]["mfa_commands.receive.mfa.commands"]["reply"]

    assert reply["channel"]["$ref"] == f"#/channels/{topics.OUTCOMES}"


def test_every_command_asks_for_its_token_in_the_header(document: Document) -> None:
    for name, message in document["components"]["messages"].items():
        asked = message["headers"].get("required", [])
        assert asked == (["txn-token"] if name.startswith("mfa.command.") else [])


def test_every_message_says_what_its_record_key_is(document: Document) -> None:
    assert all("key" in message["bindings"]["kafka"] for message in document["components"]["messages"].values())


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        (record_key(TenantId("acme"), UserId("auth0|5f7c8ec7")).decode(), True),
        (record_key(TenantId("acme"), UserId("a/b")).decode(), True),
        ("acme", False),
        ("Acme/ann", False),
        ("acme/", False),
    ],
)
def test_the_key_of_a_user_follows_the_published_pattern(document: Document, key: str, fits: bool) -> None:  # noqa: FBT001 - a row of the table
    for message in document["components"]["messages"].values():
        schema = message["bindings"]["kafka"]["key"]
        if "pattern" in schema:
            assert jsonschema_rs.is_valid(schema, key) == fits


def test_retention_is_told_in_words_and_numbers_alike(document: Document) -> None:
    commands, events = (document["channels"][name] for name in (topics.COMMANDS, topics.EVENTS))

    assert commands["description"].startswith("Kept for 7 d.")
    assert commands["bindings"]["kafka"]["topicConfiguration"]["retention.ms"] == 7 * 24 * 60 * 60 * 1000
    assert events["description"].startswith("Kept for ever, never compacted.")
    assert events["bindings"]["kafka"]["topicConfiguration"]["retention.ms"] == -1
