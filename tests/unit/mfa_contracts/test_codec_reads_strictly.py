"""Reading is strict: the same bytes mean one thing to every reader, and odd bytes mean nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa_contracts.codec import decode_audit, decode_command, decode_dead_letter, decode_event, decode_outcome
from mfa_contracts.commands import ResetMfaCommand
from mfa_contracts.errors import UnreadableMessageError
from support.golden import golden_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD: Final = golden_bytes("mfa.command.ResetMfa.v1")
MESSAGE: Final[dict[str, Any]] = json.loads(GOOD)
CONTROLS: Final = [
    chr(sign) for sign in (*range(0x20), 0x7F, 0x85, 0x9F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
]


def framed(**parts: Any) -> bytes:  # noqa: ANN401 - any part, right or wrong
    return json.dumps({**MESSAGE, **parts}).encode()


def saying(**parts: Any) -> bytes:  # noqa: ANN401 - any part, right or wrong
    return framed(data={**MESSAGE["data"], **parts})


def personal(**parts: Any) -> bytes:  # noqa: ANN401 - any part, right or wrong
    return saying(personal=parts)


def reset(value: bytes) -> ResetMfaCommand:
    command = decode_command(value)
    assert isinstance(command, ResetMfaCommand)
    return command


def refused(value: bytes) -> None:
    with pytest.raises(UnreadableMessageError):
        decode_command(value)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"1",
        b'"mfa"',
        b"{",
        GOOD[:-3],
        GOOD + b"x",
        b"\xef\xbb\xbf" + GOOD,
        b"\x00",
        GOOD + GOOD,
    ],
    ids=range(12),
)
def test_what_is_not_one_json_object_is_refused(value: bytes) -> None:
    refused(value)


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(value: bytes) -> None:
    refused(value)


@pytest.mark.parametrize("decode", [decode_event, decode_outcome, decode_dead_letter, decode_audit])
def test_a_command_is_no_other_message(decode: Callable[[bytes], object]) -> None:
    with pytest.raises(UnreadableMessageError):
        decode(GOOD)


@pytest.mark.parametrize("brackets", [b"[]", b"{}"])
def test_deep_nesting_is_refused(brackets: bytes) -> None:
    inside = b'{"a":' * 100_000 + b"1" + b"}" * 100_000 if brackets == b"{}" else b"[" * 100_000 + b"]" * 100_000

    refused(GOOD.replace(b'"HELP-4711"', inside))


def test_invalid_utf_8_is_refused() -> None:
    refused(GOOD.replace(b"HELP", b"\xff\xfe"))


def test_half_a_surrogate_is_refused() -> None:
    refused(GOOD.replace(b"HELP", rb"\ud800"))


def test_an_unknown_type_is_refused() -> None:
    refused(framed(type="mfa.command.ResetMfa.v2"))


@pytest.mark.parametrize("field", ["type", "id", "source", "time", "correlationid", "tenantid", "subject", "data"])
def test_a_command_without_a_part_of_its_frame_is_refused(field: str) -> None:
    refused(json.dumps({name: part for name, part in MESSAGE.items() if name != field}).encode())


def test_another_specification_of_cloudevents_is_refused() -> None:
    refused(framed(specversion="0.3"))


def test_an_unknown_field_is_refused_in_the_frame() -> None:
    refused(framed(sequence=1))


def test_an_unknown_field_is_refused_in_the_data() -> None:
    refused(saying(actor="cleo"))


def test_an_unknown_field_is_refused_in_the_personal_box() -> None:
    refused(personal(email="ann@acme.example"))


@pytest.mark.parametrize(
    "version", [b"3.0", b'"3"', b"true", b"-1", b"NaN", b"Infinity", b"1e400", b"[3]", b"9" * 5000]
)
def test_a_number_is_a_whole_number_and_nothing_like_it(version: bytes) -> None:
    refused(GOOD.replace(b'"expected_version": 3', b'"expected_version": ' + version))


def test_a_number_beyond_what_every_json_reader_keeps_exactly_is_refused() -> None:
    assert reset(saying(expected_version=2**53)).data.expected_version == 2**53
    refused(saying(expected_version=2**53 + 1))


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_control_characters_and_overrides_of_direction_are_refused(control: str) -> None:
    refused(saying(ticket=f"HELP{control}4711"))


@pytest.mark.parametrize("control", ["\n", "\u202e"], ids=ascii)
def test_personal_texts_are_held_to_the_same(control: str) -> None:
    refused(personal(reason_text=f"lost{control}phone"))


@pytest.mark.parametrize("field", ["tenantid", "subject", "correlationid", "source"])
def test_no_line_end_hides_at_the_end_of_a_name(field: str) -> None:
    refused(framed(**{field: f"{MESSAGE[field]}\n"}))


@pytest.mark.parametrize(("field", "most"), [("name", 64), ("ip", 64), ("user_agent", 500), ("reason_text", 500)])
def test_personal_texts_are_bounded_in_characters(field: str, most: int) -> None:
    assert reset(personal(**{field: "ü" * most})).data.personal is not None
    refused(personal(**{field: "ü" * (most + 1)}))
    refused(personal(**{field: ""}))


@pytest.mark.parametrize(
    "time",
    [
        "1999-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:00",
        "0001-01-01T00:00:00+23:00",
        "2026-05-04T12:00:00",
        "2026-05-04",
        "2026-02-30T12:00:00Z",
        "yesterday",
        "",
        1_777_777_777,
        None,
    ],
)
def test_absurd_times_and_times_without_a_zone_are_refused(time: object) -> None:
    refused(framed(time=time))


def test_a_time_of_another_zone_is_the_same_moment_in_utc() -> None:
    assert reset(framed(time="2026-05-04T14:00:00+02:00")).time.isoformat() == "2026-05-04T12:00:00+00:00"


@pytest.mark.parametrize("identifier", [5, None, "", "7deac778", "7deac778-481a-580a-93a4-9f6b694c8e6g"])
def test_a_command_id_is_a_uuid(identifier: object) -> None:
    refused(framed(id=identifier))


def test_of_duplicate_names_the_last_counts_as_in_every_common_reader() -> None:
    twice = GOOD.replace(b'"ticket"', b'"ticket": "HELP-1", "ticket"')

    assert reset(twice).data.ticket == json.loads(twice)["data"]["ticket"] == "HELP-4711"


def test_an_optional_field_that_is_null_is_as_if_left_out() -> None:
    assert reset(saying(ticket=None)).data.ticket is None
