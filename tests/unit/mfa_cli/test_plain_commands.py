"""Plain commands, one JSON object a line: what is taken, what is said of what is not, in which order answers come."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa_cli.errors import BadLineError
from mfa_cli.plain_command import PlainReset, parse
from mfa_cli.sending import Sending, Worst
from mfa_contracts.vocabulary import OutcomeCode
from unit.mfa_client.desk import Sent, Wire, answered, client

if TYPE_CHECKING:
    from collections.abc import Sequence

CANARY = "7K7K-CANARY-7K7K"
CODE = "A7K7QH3MZ4XW9TB2CD5FGJ8N"
"""A code that could be the name of a field, too."""
RESET: dict[str, Any] = {
    "command": "ResetMfa",
    "tenant": "acme",
    "user": "ann",
    "actor": {"role": "tenant_admin", "user": "bob"},
    "reason": "lost_device",
    "ticket": "T-1",
}
USER = {"role": "user", "account_kind": "end_user", "directory_version": 1}
ENROLL = {"command": "Enroll", "tenant": "acme", "user": "ann", "method": "totp", "actor": USER}
REDEEM = {"command": "RedeemRecoveryCode", "tenant": "acme", "user": "ann", "code": CANARY, "actor": USER}


async def sent(*lines: str, wire: Wire | None = None) -> tuple[Worst, list[dict[str, Any]]]:
    async with client(wire or Wire(lambda each: [answered(each)]), deadline_seconds=0.2) as mfa:
        told = [each async for each in Sending(mfa, patience_s=0).answers(lines)]
    return max((bad for bad, _ in told), default=Worst.ACCEPTED), [row for _, row in told]


def line(plain: dict[str, Any]) -> str:
    return json.dumps(plain)


def test_a_line_becomes_a_command() -> None:
    command = parse(line(RESET))

    assert isinstance(command, PlainReset)
    assert (command.user, command.actor.user, command.ticket) == ("ann", "bob", "T-1")


@pytest.mark.parametrize("field", ["tenant", "user", "actor", "reason"])
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(BadLineError, match=f"{field}: Field required"):
        parse(line({name: value for name, value in RESET.items() if name != field}))


@pytest.mark.parametrize("where", ["command", "reason", "code", "method", "command_id", "kind", CANARY.lower()])
def test_what_is_wrong_is_never_quoted(where: str) -> None:
    for plain in (RESET, REDEEM, ENROLL):
        with pytest.raises(BadLineError) as caught:
            parse(line({**plain, where: {"deep": CANARY}}))
        assert CANARY.lower() not in str(caught.value).lower()


@pytest.mark.parametrize("inside", ["", "actor", "personal"])
def test_a_code_in_the_place_of_a_field_name_is_not_quoted(inside: str) -> None:
    plain = {**RESET, "personal": {}}
    slipped = {**plain, inside: {**plain[inside], CODE: "x"}} if inside else {**plain, CODE: "x"}
    with pytest.raises(BadLineError, match="a field that is not known here") as caught:
        parse(line(slipped))
    assert CODE not in str(caught.value)


def test_a_code_is_in_no_repr() -> None:
    assert CODE not in repr(parse(line({**REDEEM, "code": CODE})))


async def test_bytes_that_are_no_utf8_spoil_their_own_line_only() -> None:
    async with client(Wire(lambda each: [answered(each)])) as mfa:
        told = [row async for _, row in Sending(mfa).answers([b'{"command":"\xff"}', line(RESET).encode()])]

    assert [row["verdict"] for row in told] == ["error", "accepted"]
    assert "unicode" in str(told[0]["message"])


@given(st.text())
def test_any_text_is_a_command_or_a_bad_line(text: str) -> None:
    with pytest.raises(BadLineError):
        parse(text)


async def test_outcomes_come_in_the_order_of_their_lines_whatever_the_order_of_the_answers() -> None:
    waiting: list[Sent] = []

    def last_first(each: Sent) -> Sequence[Any]:
        waiting.append(each)
        return [answered(old) for old in reversed(waiting)] if len(waiting) == 3 else []

    worst, told = await sent(*(line({**RESET, "user": f"u{n}"}) for n in range(3)), wire=Wire(last_first))

    assert (worst, [row["line"] for row in told]) == (Worst.ACCEPTED, [1, 2, 3])
    assert [row["command_id"] for row in told] == [str(each.command_id) for each in map(_Known, waiting)]


class _Known:
    def __init__(self, each: Sent) -> None:
        self.command_id = json.loads(each.value)["id"]


async def test_a_bad_line_gets_its_number_and_the_others_go_on() -> None:
    worst, told = await sent(line(RESET), "", "not json", line(RESET))

    assert worst is Worst.INVALID
    assert [(row["line"], row["verdict"]) for row in told] == [(1, "accepted"), (3, "error"), (4, "accepted")]
    assert "JSON" in told[1]["message"]


async def test_a_value_that_no_command_may_carry_is_a_bad_line_too() -> None:
    worst, told = await sent(line({**RESET, "tenant": "Not A Tenant"}))

    assert (worst, told[0]["code"]) == (Worst.INVALID, "bad_command")


async def test_a_refusal_and_a_silence_each_have_their_exit_code() -> None:
    refused, _ = await sent(line(RESET), wire=Wire(lambda each: [answered(each, OutcomeCode.FORBIDDEN)]))
    unknown, told = await sent(line(RESET), wire=Wire())

    assert (refused, unknown, told[0]["code"]) == (Worst.REFUSED, Worst.UNKNOWN, "outcome_unknown")


async def test_an_unknown_outcome_is_asked_for_with_the_very_same_bytes() -> None:
    def second_time(_: Sent) -> Sequence[Any]:
        return [answered(wire.sent[0])] if len(wire.sent) == 2 else []

    wire = Wire(second_time)
    async with client(wire, deadline_seconds=0.2) as mfa:
        told = [row async for _, row in Sending(mfa, patience_s=30).answers([line(RESET)])]

    assert [row["verdict"] for row in told] == ["accepted"]
    first, again = wire.sent
    assert (first.value, first.headers) == (again.value, again.headers)


async def test_an_interruption_names_every_command_that_is_under_way() -> None:
    wire = Wire(lambda each: [answered(each)] if each.key == b"acme/cleo" else [])
    lines = [line(RESET), "no command", line({**RESET, "user": "cleo"}), line({**RESET, "user": "bea"})]
    async with client(wire, deadline_seconds=30) as mfa:
        sending = Sending(mfa)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await anext(sending.answers(lines))
        told = [row for _, row in sending.interrupted()]

    ids = [json.loads(each.value)["id"] for each in wire.sent]
    assert [row["code"] for row in told] == ["outcome_unknown", "bad_line", "ok", "outcome_unknown"]
    assert [row.get("command_id") for row in told] == [ids[0], None, *ids[1:]]


async def test_an_unknown_outcome_comes_with_what_to_look_for() -> None:
    _, told = await sent(line(RESET), wire=Wire())

    assert f"look for its command_id in `mfa history {RESET['tenant']} {RESET['user']} --json`" in told[0]["message"]
    assert "ask again with the same command" not in told[0]["message"]
