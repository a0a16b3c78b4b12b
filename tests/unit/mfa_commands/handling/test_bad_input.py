"""Whatever arrives is answered: a dead letter, an ``invalid`` outcome where an id can be read, and the others go on."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactly_once.records import CREATE_TIME, Partition
from mfa_contracts.codec import encode
from mfa_contracts.tokens import TOKEN_HEADER
from support.commands import logged_in
from support.deciding import AT, HERE, Answered, InMemory, changed, enroll

if TYPE_CHECKING:
    from exactly_once.records import Record

COMMAND_ID = uuid4()
SECRET = "SECRETWORD"  # noqa: S105 - a word that must not come back
LOW_ORDER = "A" * 43
DEEP = b"[" * 30_000


def body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    plain: dict[str, Any] = json.loads(encode(enroll()))
    return {**plain, "id": str(COMMAND_ID), **changes}


def with_data(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return body(data={**body()["data"], **changes})


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in body().items() if key != name}


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


UNREADABLE: dict[str, bytes | None] = {
    "null": None,
    "an empty body": b"",
    "not JSON": b"<xml/>",
    "half a message": as_json(body())[:100],
    "JSON of another kind": b"42",
    "JSON null": b"null",
    "deep nesting": DEEP,
    "deep nesting in a field": b'{"data":' + DEEP + b"}",
    "invalid UTF-8": b'{"id":"\xff\xfe"}',
    "an id that is none": as_json(body(id="1")),
    "a number in place of the id": as_json(body(id=10**400)),
    "no id": as_json(without("id")),
}
"""What no command id can be read from."""

WRONG: dict[str, bytes] = {
    "no type": as_json(without("type")),
    "an unknown type": as_json(body(type="mfa.command.Explode.v1")),
    "an event's type": as_json(body(type="mfa.event.MfaReset.v1")),
    "a wrong type": as_json(body(tenantid=7)),
    "an unknown field": as_json(body(**{SECRET: SECRET})),
    "an unknown field of the payload": as_json(with_data(**{SECRET: SECRET})),
    "an unknown method": as_json(with_data(method=SECRET)),
    "an absurd time": as_json(body(time="99999-99-99T99:99:99Z")),
    "a time without a zone": as_json(body(time="2026-11-24T08:00:00")),
    "a time as a number": as_json(body(time=10**300)),
    "an absurd version": as_json(with_data(expected_version=10**30)),
    "a version below zero": as_json(with_data(expected_version=-1)),
    "a version that is a fraction": as_json(with_data(expected_version=0.5)),
    "an absurd length": as_json(body(correlationid="x" * 60_000)),
    "a user with a line break": as_json(body(subject="ann\nbob")),
    "a tenant with a slash": as_json(body(tenantid="ac/me")),
    "a reply key that is too short": as_json(with_data(reply_key="AAAA")),
    "a reply key of small order": as_json(with_data(reply_key=LOW_ORDER)),
    "deep nesting beside an id": as_json(body())[:-1] + b',"x":' + b"[" * 500 + b"]" * 500 + b"}",
}
"""What a command id can be read from."""


def standing(service: InMemory, value: bytes | None) -> Record:
    """``value`` at its place, with a token that would be right for it."""
    token = service.gateway.token(service.gateway.claims(enroll(), value or b"", logged_in("ann", AT), AT))
    return changed(good(service), value=value, headers=((TOKEN_HEADER, token),))


async def between_good_ones(service: InMemory, record: Record) -> Answered:
    """The record in the middle of a batch; the commands around it must have been decided."""
    answered = await service.handle(service.enrolling("zoe"), record, service.enrolling("yan"))
    assert [event.subject for event in answered.events if event.sequence == 1] == ["zoe", "yan"]
    return answered


def only_letter(answered: Answered) -> str:
    (letter,) = answered.dead_letters
    return letter.code.value


@pytest.mark.parametrize("kind", UNREADABLE)
async def test_what_has_no_readable_id_leaves_a_dead_letter_and_no_outcome(kind: str) -> None:
    service = InMemory()
    answered = await between_good_ones(service, standing(service, UNREADABLE[kind]))

    assert (only_letter(answered), answered.codes) == ("malformed", ["ok", "ok"])


@pytest.mark.parametrize("kind", WRONG)
async def test_what_has_an_id_leaves_a_dead_letter_and_an_invalid_outcome(kind: str) -> None:
    service = InMemory()
    answered = await between_good_ones(service, standing(service, WRONG[kind]))

    said = answered.outcomes[COMMAND_ID]
    assert (only_letter(answered), said.code, said.verdict) == ("malformed", "malformed", "invalid")


@pytest.mark.parametrize("kind", WRONG)
async def test_nothing_of_a_bad_body_comes_back_in_any_answer(kind: str) -> None:
    service = InMemory()
    answered = await service.handle(standing(service, WRONG[kind]))

    assert SECRET.encode() not in answered.everything


async def test_a_body_of_a_megabyte_is_answered() -> None:
    service = InMemory()
    value = as_json(with_data(personal="x" * 1024 * 1024))
    answered = await between_good_ones(service, standing(service, value))

    assert (only_letter(answered), answered.outcomes[COMMAND_ID].code) == ("too_large", "too_large")


async def test_a_dead_letter_tells_where_the_record_stands_and_its_hash() -> None:
    service = InMemory()
    record = standing(service, b"<xml/>")
    answered = await service.handle(record)

    (letter,) = answered.dead_letters
    told = (letter.record.topic, letter.record.partition, letter.record.offset, letter.record.size)
    assert (told, letter.record.sha256) == (
        ("mfa.commands", HERE, record.offset, 6),
        sha256(b"<xml/>").hexdigest(),
    )


@pytest.mark.parametrize("key", [None, b"", b"acme/bob", b"ACME/ann", b"acme/ann ", b"\xff"])
async def test_a_key_that_is_not_the_bodys_is_refused(key: bytes | None) -> None:
    service = InMemory()
    answered = await between_good_ones(service, changed(good(service), key=key))

    assert only_letter(answered) == "key_mismatch"


async def test_a_record_on_another_partition_is_refused() -> None:
    service = InMemory()
    answered = await between_good_ones(service, changed(good(service), partition=Partition(4)))

    assert only_letter(answered) == "wrong_partition"


async def test_a_command_without_a_token_is_refused() -> None:
    service = InMemory()
    answered = await between_good_ones(service, changed(good(service), headers=(("content-type", b"x"),)))

    assert only_letter(answered) == "token_missing"


async def test_a_command_with_two_tokens_is_refused_even_if_they_are_the_same() -> None:
    service = InMemory()
    record = good(service)
    answered = await between_good_ones(service, changed(record, headers=record.headers * 2))

    assert only_letter(answered) == "token_invalid"


async def test_a_time_that_the_sender_has_set_judges_no_token() -> None:
    service = InMemory()
    answered = await between_good_ones(service, changed(good(service), timestamp_type=CREATE_TIME))

    assert only_letter(answered) == "token_invalid"


async def test_a_token_for_other_bytes_is_refused() -> None:
    service = InMemory()
    record = good(service)
    answered = await between_good_ones(service, changed(record, value=(record.value or b"") + b" "))

    assert only_letter(answered) == "token_invalid"


async def test_a_refused_command_touches_nobodys_state() -> None:
    service = InMemory()
    answered = await service.handle(changed(good(service), headers=()))

    assert (answered.events, answered.handled.states) == ([], {})


async def test_an_invalid_outcome_has_the_command_id_as_its_key() -> None:
    service = InMemory()
    command = enroll()
    signed = service.gateway.send(command, logged_in("ann", AT), AT)
    answered = await service.handle(changed(service.record(signed), headers=()))

    (outcome,) = [output for output in answered.handled.outputs if output.topic == "mfa.outcomes"]
    assert outcome.key == str(command.id).encode()


@given(value=st.binary(max_size=300), key=st.none() | st.binary(max_size=20), token=st.binary(max_size=60))
async def test_no_bytes_raise_and_each_record_leaves_one_dead_letter(
    value: bytes, key: bytes | None, token: bytes
) -> None:
    service = InMemory()
    answered = await service.handle(changed(good(service), value=value, key=key, headers=((TOKEN_HEADER, token),)))

    assert len(answered.dead_letters) == 1


@given(
    st.dictionaries(
        st.sampled_from(["id", "type", "time", "tenantid", "subject", "data", "specversion", "source"]),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        ),
        min_size=1,
    )
)
async def test_no_json_in_any_field_raises(changes: dict[str, object]) -> None:
    service = InMemory()
    answered = await service.handle(standing(service, as_json(body(**changes))))

    assert len(answered.dead_letters) == 1


def good(service: InMemory) -> Record:
    return service.record(service.gateway.send(enroll(), logged_in("ann", AT), AT))
