"""What could not be read may hold a secret: no error repeats any of it, wherever it stood."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa_contracts.codec import decode_event
from mfa_contracts.errors import UnreadableMessageError
from support.golden import golden_bytes, golden_names, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_contracts.upcasters import Json

CANARY: Final = "Kanarienvogel4711"
READ: Final = tuple(name for name in golden_names() if not name.startswith("mfa.token."))
FORMS: Final = (CANARY, f"mfa.{CANARY}", f"mfa.event.{CANARY}.v1", f"\n{CANARY}\u202e", f"{CANARY * 40}")


def nodes(value: Any) -> int:  # noqa: ANN401 - any JSON
    """How many values there are in ``value``, itself included."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(nodes(part) for part in inner)


def spoilt(value: Any, place: int, spoil: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any JSON
    """``value`` with its ``place``-th part, counted depth first, spoilt."""
    if place == 0:
        return spoil(value)
    pairs = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    changed = []
    place -= 1
    for name, part in pairs:
        size = nodes(part)
        changed.append((name, spoilt(part, place, spoil) if 0 <= place < size else part))
        place -= size
    return dict(changed) if isinstance(value, dict) else [part for _, part in changed]


def as_name(canary: str) -> Callable[[Any], Any]:
    """Puts the canary into an object as the name of a field, or in the place of another value."""
    return lambda value: {**value, canary: 1} if isinstance(value, dict) else {canary: value}


def told(name: str, value: bytes) -> str:
    """The error that ``value`` is refused with; empty when it is read."""
    try:
        read(name, value)
    except UnreadableMessageError as error:
        return f"{error} {error!r} {error.__cause__!r} {error.__context__ if not error.__suppress_context__ else ''}"
    return ""


@given(st.sampled_from(READ), st.data(), st.sampled_from(FORMS))
def test_a_value_is_never_in_the_error(name: str, data: st.DataObject, canary: str) -> None:
    message = json.loads(golden_bytes(name))
    place = data.draw(st.integers(min_value=0, max_value=nodes(message) - 1))

    assert CANARY not in told(name, json.dumps(spoilt(message, place, lambda _: canary)).encode())


@given(st.sampled_from(READ), st.data(), st.sampled_from(FORMS))
def test_the_name_of_a_field_is_never_in_the_error(name: str, data: st.DataObject, canary: str) -> None:
    message = json.loads(golden_bytes(name))
    place = data.draw(st.integers(min_value=0, max_value=nodes(message) - 1))

    assert CANARY not in told(name, json.dumps(spoilt(message, place, as_name(canary))).encode())


@given(st.sampled_from(READ), st.sampled_from(FORMS))
def test_a_type_is_never_in_the_error(name: str, canary: str) -> None:
    message = {**json.loads(golden_bytes(name)), "type": canary}

    error = told(name, json.dumps(message).encode())

    assert error
    assert CANARY not in error


@given(st.sampled_from(READ), st.data())
def test_broken_json_is_never_in_the_error(name: str, data: st.DataObject) -> None:
    value = golden_bytes(name)
    cut = data.draw(st.integers(min_value=0, max_value=len(value) - 3))

    error = told(name, value[:cut] + CANARY.encode())

    assert error
    assert CANARY not in error


@pytest.mark.parametrize("raised", [KeyError, TypeError, ValueError, AttributeError])
def test_an_upcaster_that_fails_does_not_tell_what_it_read(raised: type[Exception]) -> None:
    def failing(message: Json) -> Json:
        raise raised(message["data"])

    with pytest.raises(UnreadableMessageError) as refusal:
        decode_event(json.dumps({"type": "mfa.event.Old.v1", "data": CANARY}).encode(), {"mfa.event.Old.v1": failing})

    assert CANARY not in f"{refusal.value} {refusal.value.__cause__}"


def test_the_error_names_the_place_and_the_kind() -> None:
    message = json.loads(golden_bytes("mfa.command.ResetMfa.v1"))
    message["data"]["ticket"] = CANARY * 10

    assert "data.ticket: string_too_long" in told("mfa.command.ResetMfa.v1", json.dumps(message).encode())


def test_an_unknown_field_is_told_by_its_place_alone() -> None:
    message = json.loads(golden_bytes("mfa.command.ResetMfa.v1"))
    message["data"][CANARY] = 1

    assert "data.(unknown field): extra_forbidden" in told("mfa.command.ResetMfa.v1", json.dumps(message).encode())


def test_at_most_three_errors_are_told() -> None:
    assert told("mfa.command.ResetMfa.v1", b'{"type": "mfa.command.ResetMfa.v1"}').count(": missing") == 2 * 3
