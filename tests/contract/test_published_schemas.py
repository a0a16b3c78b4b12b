"""The published JSON Schemas: valid, true to the golden messages, and no wider than the codec."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.publish import PUBLISHED
from mfa_contracts.publish_catalogue import published
from support.golden import ROOT, golden_bytes, golden_names, read, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_contracts.upcasters import Json, JsonValue

    Path = tuple[str | int, ...]

TYPES: Final = {message.type_name: message for message in published()}
NAMES: Final = golden_names()
CONSTANTS: Final = frozenset({"type", "specversion", "datacontenttype", "aud", "scheme", "verdict"})
"""Our own readers know these from the place; whoever writes one has to say them."""
FREE_OF_FORM: Final = ("time", "at", "retry_at", "sessions_invalid_before", "protected_until")


def schema(type_name: str) -> dict[str, JsonValue]:
    made: dict[str, JsonValue] = json.loads(
        (ROOT / PUBLISHED / TYPES[type_name].folder / f"{type_name}.json").read_text()
    )
    return made


def accepts(type_name: str, message: JsonValue) -> bool:
    validator = jsonschema_rs.Draft202012Validator(schema(type_name), validate_formats=True)
    return validator.is_valid(message)


def reads(name: str, message: JsonValue) -> bool:
    try:
        read(name, json.dumps(message).encode())
    except (UnreadableMessageError, ValueError):
        return False
    return True


def places(value: JsonValue, path: Path = ()) -> Iterator[Path]:
    """The path of every value below ``value``."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield (*path, step)
        yield from places(inner, (*path, step))


def changed(message: JsonValue, path: Path, new: JsonValue) -> JsonValue:
    """``message`` with ``new`` at ``path``."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    match message:
        case dict():
            return {name: changed(inner, rest, new) if name == step else inner for name, inner in message.items()}
        case list():
            return [changed(inner, rest, new) if place == step else inner for place, inner in enumerate(message)]
        case _:
            raise AssertionError(path)


def without(message: JsonValue, path: Path) -> JsonValue:
    """``message`` without the field at ``path``."""
    *parent, last = path
    kept: JsonValue = {name: inner for name, inner in fields_at(message, parent).items() if name != last}
    return changed(message, tuple(parent), kept)


def fields_at(message: JsonValue, path: Sequence[str | int]) -> Json:
    """The object at ``path``."""
    at = value_at(message, path)
    assert isinstance(at, dict)
    return at


def value_at(message: JsonValue, path: Sequence[str | int]) -> JsonValue:
    for step in path:
        message = message[step]  # type: ignore[index] # the path was found in this message
    return message


@pytest.mark.parametrize("type_name", TYPES)
def test_every_schema_is_valid_json_schema(type_name: str) -> None:
    assert jsonschema_rs.meta.is_valid(schema(type_name))


@pytest.mark.parametrize("type_name", TYPES)
def test_the_id_of_a_schema_is_a_urn_and_names_no_host(type_name: str) -> None:
    assert schema(type_name)["$id"] == f"urn:mfa:schema:{type_name}"


@pytest.mark.parametrize("name", NAMES)
def test_every_golden_message_satisfies_its_schema(name: str) -> None:
    assert accepts(type_of(name), json.loads(golden_bytes(name)))


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_field_anywhere_is_refused_by_schema_and_codec_alike(name: str) -> None:
    message = json.loads(golden_bytes(name))
    objects = [path for path in ((), *places(message)) if isinstance(value_at(message, path), dict)]

    for path in objects:
        odd = changed(message, path, {**fields_at(message, path), "surplus": 1})
        assert accepts(type_of(name), odd) == reads(name, odd)


@pytest.mark.parametrize("name", NAMES)
def test_schema_and_codec_agree_on_which_fields_may_be_left_out(name: str) -> None:
    message = json.loads(golden_bytes(name))
    fields = [path for path in places(message) if isinstance(path[-1], str) and path[-1] not in CONSTANTS]

    for path in fields:
        short = without(message, path)
        assert accepts(type_of(name), short) == reads(name, short), path


@pytest.mark.parametrize("name", NAMES)
def test_what_satisfies_a_schema_is_read_by_the_codec(name: str) -> None:
    message = json.loads(golden_bytes(name))
    values = [path for path in places(message) if path[-1] not in FREE_OF_FORM]

    @given(st.sampled_from(values), ODD)
    def agree(path: Path, odd: JsonValue) -> None:
        strange = changed(message, path, odd)
        assert not accepts(type_of(name), strange) or reads(name, strange), (path, odd)

    agree()


ODD: Final[st.SearchStrategy[JsonValue]] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.text(max_size=70),
    st.sampled_from(["", "x" * 65, "x" * 501, "\u202e", "a\n", "acme/ann", "user", "accepted", "00-0-0-00"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
