"""What every message has in common: it never changes, says nothing twice, and its errors quote nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from mfa_contracts.codec import encode
from mfa_contracts.commands import COMMANDS, Command, action
from mfa_contracts.events import EVENTS, Event, Fact, News
from mfa_contracts.model import Instant, Personal
from mfa_contracts.publish_catalogue import published
from mfa_contracts.vocabulary import Method
from support.golden import golden_bytes, golden_names, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_contracts.publish_catalogue import PublishedMessage

INSTANT: Final[TypeAdapter[datetime]] = TypeAdapter(Instant)
CANARY: Final = "Kanarienvogel\n4711"


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """``model`` and every model in its fields."""
    yield model
    for field in model.model_fields.values():
        for inner in _inside(field.annotation):
            yield from models(inner)


def _inside(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _inside(argument)


def _said_by(kind: type[BaseModel]) -> object:
    return kind.model_fields["data"].annotation


ALL: Final = tuple(dict.fromkeys(inner for message in published() for inner in models(message.model)))


@pytest.mark.parametrize("model", ALL)
def test_every_model_is_frozen_and_hides_its_input_in_errors(model: type[BaseModel]) -> None:
    assert model.model_config["frozen"]
    assert model.model_config["hide_input_in_errors"]


@pytest.mark.parametrize("model", [model for model in ALL if model.__name__ != "TokenClaims"])
def test_every_model_but_the_tokens_claims_refuses_unknown_fields(model: type[BaseModel]) -> None:
    assert model.model_config["extra"] == "forbid"


@pytest.mark.parametrize("name", golden_names())
def test_a_message_never_changes(name: str) -> None:
    message = read(name, golden_bytes(name))

    for field in type(message).model_fields:
        with pytest.raises(ValidationError):
            setattr(message, field, getattr(message, field))


def test_a_refused_value_is_not_in_the_error() -> None:
    with pytest.raises(ValidationError) as refusal:
        Personal(name=CANARY)

    assert "Kanarienvogel" not in str(refusal.value)


def test_absent_fields_are_left_out_on_the_wire() -> None:
    assert encode(Personal(name="Ann")) == b'{"name":"Ann"}'


def test_the_same_message_is_always_the_same_bytes() -> None:
    value = golden_bytes("mfa.event.MfaReset.v1")

    assert encode(read("mfa.event.MfaReset.v1", value)) == encode(read("mfa.event.MfaReset.v1", value))


@given(st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30)), st.integers(min_value=-14 * 60, max_value=14 * 60))  # noqa: DTZ001 - the zone is drawn beside it
def test_a_moment_of_any_zone_becomes_the_same_moment_in_utc(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    read_back = INSTANT.validate_python(zoned)

    assert read_back == zoned
    assert read_back.tzinfo is UTC


def test_every_member_of_the_unions_has_its_place_in_the_tables() -> None:
    assert set(COMMANDS) == set(get_args(Command))
    assert set(EVENTS) == set(get_args(Event))
    assert [_said_by(kind) for kind in EVENTS] == list(get_args(News))


@pytest.mark.parametrize("message", published(), ids=lambda message: message.type_name)
def test_a_type_is_an_area_a_name_and_a_version(message: PublishedMessage) -> None:
    assert re.fullmatch(r"mfa\.[a-z]+\.[A-Z][A-Za-z]+\.v[1-9][0-9]*", message.type_name)


@pytest.mark.parametrize("kind", [*COMMANDS, *EVENTS])
def test_a_type_names_what_its_data_say(kind: type[BaseModel]) -> None:
    data = kind.model_fields["data"].annotation

    assert isinstance(data, type)
    assert kind.model_fields["type"].default.split(".")[2:] == [data.__name__, "v1"]


@pytest.mark.parametrize("name", [name for name in golden_names() if name.startswith("mfa.command.")])
def test_the_action_of_a_command_is_the_word_in_its_type(name: str) -> None:
    command = read(name, golden_bytes(name))

    assert isinstance(command, COMMANDS)
    assert action(command) == name.split(".")[2]


@pytest.mark.parametrize("kind", get_args(News))
def test_every_fact_says_who_on_whom_and_from_which_command(kind: type[BaseModel]) -> None:
    assert issubclass(kind, Fact)
    assert all(kind.model_fields[name].is_required() for name in ("actor", "source", "target", "mfa_version"))


def test_all_but_email_and_duo_grant_a_recovery_code() -> None:
    assert {method for method in Method if not method.grants_recovery_code} == {Method.EMAIL, Method.DUO}
