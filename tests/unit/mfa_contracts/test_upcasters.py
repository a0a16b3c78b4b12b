"""Older events are read as the newest version, step by step, and the log is never rewritten."""

from __future__ import annotations

import json
from typing import Final

import pytest

from mfa_contracts.codec import decode_event
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.events import RecoveryLockedEvent
from mfa_contracts.upcasters import UPCASTERS, Json, newest
from support.golden import golden_bytes

NEWEST: Final[Json] = json.loads(golden_bytes("mfa.event.RecoveryLocked.v1"))
FIRST: Final = "mfa.event.CodeLocked.v1"
SECOND: Final = "mfa.event.CodeLocked.v2"


def from_first(message: Json) -> Json:
    """The second version says ``wrong`` where the first said ``tries``."""
    return {**message, "type": SECOND, "data": renamed(data_of(message), "tries", "wrong")}


def from_second(message: Json) -> Json:
    """The newest says ``failures`` where the second said ``wrong``, and has another name."""
    return {**message, "type": NEWEST["type"], "data": renamed(data_of(message), "wrong", "failures")}


CHAIN: Final = {FIRST: from_first, SECOND: from_second}


def data_of(message: Json) -> Json:
    data = message["data"]
    assert isinstance(data, dict)
    return data


def renamed(data: Json, old: str, new: str) -> Json:
    return {**{field: value for field, value in data.items() if field != old}, new: data[old]}


def older(type_name: str, word: str) -> bytes:
    return json.dumps({**NEWEST, "type": type_name, "data": renamed(data_of(NEWEST), "failures", word)}).encode()


@pytest.mark.parametrize(("type_name", "word"), [(FIRST, "tries"), (SECOND, "wrong")])
def test_an_older_version_is_read_as_the_newest(type_name: str, word: str) -> None:
    assert decode_event(older(type_name, word), CHAIN) == decode_event(json.dumps(NEWEST).encode())


def test_the_newest_version_is_read_as_it_is() -> None:
    event = decode_event(json.dumps(NEWEST).encode(), CHAIN)

    assert isinstance(event, RecoveryLockedEvent)
    assert event.data.failures == 10


def test_a_version_without_an_upcaster_is_unreadable() -> None:
    with pytest.raises(UnreadableMessageError):
        decode_event(older("mfa.event.CodeLocked.v0", "tries"), CHAIN)


def test_what_an_upcaster_makes_is_read_strictly() -> None:
    with pytest.raises(UnreadableMessageError):
        decode_event(older(SECOND, "wrong"), {SECOND: lambda message: {**from_second(message), "surplus": 1}})


def test_an_older_version_that_its_upcaster_cannot_read_is_unreadable() -> None:
    with pytest.raises(UnreadableMessageError, match="mend the upcaster"):
        decode_event(older(FIRST, "attempts"), CHAIN)


def test_an_upcaster_is_not_asked_about_a_newest_version_that_is_damaged() -> None:
    damaged = json.dumps({**NEWEST, "sequence": 0}).encode()

    with pytest.raises(UnreadableMessageError, match="sequence"):
        decode_event(damaged, {"mfa.event.RecoveryLocked.v1": lambda message: {**message, "sequence": 1}})


@pytest.mark.parametrize("message", [{}, {"type": None}, {"type": 1}, {"type": "mfa.event.Unheard.v1"}])
def test_what_no_upcaster_knows_stays_as_it_is(message: Json) -> None:
    assert newest(message, CHAIN) == message


def test_every_upcaster_names_another_type_than_it_reads() -> None:
    assert all(upcast({"type": name, "data": {}})["type"] != name for name, upcast in UPCASTERS.items())
