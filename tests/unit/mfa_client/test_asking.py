"""What a caller may rely on when it asks: no answer missed, the same bytes again, unknown is said and never guessed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mfa_client import (
    BadCommandError,
    Done,
    ForeignOutcomeError,
    NotSentError,
    Outcome,
    OutcomeUnknownError,
    Refused,
    UserActor,
    sending,
)
from mfa_contracts.ids import CommandId
from mfa_contracts.recovery_code import shown
from mfa_contracts.sealing import Direction, sealing_info
from mfa_contracts.vocabulary import Method, OutcomeCode
from support.commands import SUITE, b64, unb64
from unit.mfa_client.desk import CODE, NOON, SERVICE, Heard, Sent, Wire, answered, boxed, client

if TYPE_CHECKING:
    from mfa_client import MfaClient

ANN = UserActor("acme", "ann", "login-1", NOON)
BOB = UserActor("acme", "bob", "login-2", NOON)


async def enrol(mfa: MfaClient) -> Outcome:
    return await mfa.enroll("acme", "ann", actor=ANN, method=Method.PUSH)


async def test_the_end_of_every_outcome_partition_is_known_before_the_first_command_is_sent() -> None:
    wire = Wire(lambda sent: [answered(sent)])
    async with client(wire) as mfa:
        await enrol(mfa)

    known = ["assign 3", "seek 0 to 7", "seek 1 to 7", "seek 2 to 7"]
    assert wire.steps[2 : 2 + len(known) + 1] == [*known, "send"]


async def test_an_answer_that_comes_before_the_send_returns_is_heard() -> None:
    async with client(Wire(lambda sent: [answered(sent)])) as mfa:
        assert isinstance(await enrol(mfa), Done)


async def test_answers_to_others_are_passed_over() -> None:
    def reply(sent: Sent) -> list[object]:
        other = answered(sent)
        return [type(other)(b"somebody else's", other.value), type(other)(None, None), answered(sent)]

    async with client(Wire(reply)) as mfa:  # type: ignore[arg-type] # a list of the same things
        assert isinstance(await enrol(mfa), Done)


async def test_without_an_answer_the_outcome_is_unknown_and_the_error_carries_the_command() -> None:
    wire = Wire()
    async with client(wire, deadline_seconds=0.05) as mfa:
        with pytest.raises(OutcomeUnknownError, match="ask again with the same command") as caught:
            await enrol(mfa)

    assert (caught.value.prepared.value, caught.value.prepared.key) == (wire.sent[0].value, b"acme/ann")


async def test_asking_again_sends_the_very_same_bytes() -> None:
    wire = Wire()
    async with client(wire, deadline_seconds=0.05) as mfa:
        with pytest.raises(OutcomeUnknownError) as caught:
            await enrol(mfa)
        wire.reply = lambda sent: [answered(sent)]
        outcome = await mfa.ask_again(caught.value.prepared)

    assert isinstance(outcome, Done)
    assert wire.sent[0] == wire.sent[1]


async def test_of_two_who_ask_the_same_the_one_that_gives_up_takes_nothing_from_the_other() -> None:
    wire = Wire()
    async with client(wire, deadline_seconds=0.05) as mfa, asyncio.timeout(5):
        with pytest.raises(OutcomeUnknownError) as caught:
            await enrol(mfa)
        prepared = caught.value.prepared
        patient = asyncio.create_task(mfa._exchange.ask(prepared, 3))  # noqa: SLF001 - a longer deadline than the client's
        with pytest.raises(OutcomeUnknownError):
            await mfa.ask_again(prepared)
        wire.heard.put_nowait(answered(wire.sent[0]))

        assert isinstance(await patient, Done)


async def test_an_answer_that_comes_too_late_is_there_when_asked_again_with_its_code_and_nothing_is_sent() -> None:
    wire = Wire()
    async with client(wire, deadline_seconds=0.05) as mfa:
        with pytest.raises(OutcomeUnknownError) as caught:
            await enrol(mfa)
        wire.heard.put_nowait(answered(wire.sent[0], sealed=boxed(wire.sent[0])))
        await asyncio.sleep(0)
        outcome = await mfa.ask_again(caught.value.prepared)

    assert isinstance(outcome, Done)
    assert outcome.recovery_code is not None
    assert len(wire.sent) == 1


async def test_an_answer_about_somebody_else_under_the_same_id_is_passed_over() -> None:
    def reply(sent: Sent) -> list[Heard]:
        return [answered(replace(sent, key=b"acme/bob"), OutcomeCode.STEP_UP_REQUIRED), answered(sent)]

    async with client(Wire(reply)) as mfa:
        assert isinstance(await enrol(mfa), Done)


async def test_another_command_under_an_id_that_is_under_way_is_not_sent() -> None:
    wire, same = Wire(), CommandId(uuid4())
    async with client(wire, deadline_seconds=0.2) as mfa:
        first = asyncio.create_task(mfa.enroll("acme", "ann", actor=ANN, method=Method.PUSH, command_id=same))
        await asyncio.sleep(0.05)
        with pytest.raises(BadCommandError, match="command_id of its own"):
            await mfa.enroll("acme", "bob", actor=BOB, method=Method.PUSH, command_id=same)
        with pytest.raises(OutcomeUnknownError):
            await first

    assert len(wire.sent) == 1


@pytest.mark.parametrize("error", [OSError("gone"), asyncio.CancelledError()], ids=["gone", "cancelled by itself"])
async def test_a_listener_outlives_whatever_its_consumer_raises(error: BaseException) -> None:
    wire = Wire(lambda sent: [answered(sent)], break_once=error)
    async with client(wire, deadline_seconds=3) as mfa:
        assert isinstance(await enrol(mfa), Done)


async def test_whoever_waits_in_vain_is_told_that_nothing_can_be_heard() -> None:
    wire = Wire(break_once=OSError("gone"))
    async with client(wire, deadline_seconds=0.05) as mfa:
        with pytest.raises(OutcomeUnknownError, match="listening fails with OSError"):
            await enrol(mfa)


async def test_a_send_that_never_ends_is_bounded_by_the_deadline() -> None:
    async with client(Wire(stalled=True), deadline_seconds=0.05) as mfa, asyncio.timeout(5):
        with pytest.raises(OutcomeUnknownError, match="no answer within"):
            await enrol(mfa)


async def test_a_prepared_command_shows_neither_its_body_nor_its_token() -> None:
    async with client(Wire(), deadline_seconds=0.05) as mfa:
        with pytest.raises(OutcomeUnknownError) as caught:
            await enrol(mfa)

    told = repr(caught.value.prepared)
    assert ("value=" in told, "token=" in told, "reply=" in told) == (False, False, False)


async def test_only_committed_outcomes_are_believed_and_every_copy_has_a_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: dict[str, dict[str, object]] = {}
    for name in ("AIOKafkaConsumer", "AIOKafkaProducer"):
        monkeypatch.setattr(sending, name, lambda name=name, **options: made.setdefault(name, options))
    sending.kafka_exchange({"bootstrap_servers": "127.0.0.1:1"})

    assert made["AIOKafkaConsumer"]["isolation_level"] == "read_committed"
    assert made["AIOKafkaProducer"]["acks"] == "all"


async def test_closing_the_client_leaves_nobody_waiting() -> None:
    async with client(Wire(), deadline_seconds=30) as mfa:
        waiting = asyncio.create_task(enrol(mfa))
        await asyncio.sleep(0.05)

    with pytest.raises(OutcomeUnknownError, match="closed"):
        await waiting


async def test_a_broker_that_fails_while_sending_leaves_the_outcome_unknown() -> None:
    async with client(Wire(refuse=KafkaTimeoutError())) as mfa:
        with pytest.raises(OutcomeUnknownError, match="KafkaTimeoutError"):
            await enrol(mfa)


async def test_what_the_broker_will_never_take_was_not_sent() -> None:
    async with client(Wire(refuse=MessageSizeTooLargeError())) as mfa:
        with pytest.raises(NotSentError, match="65536"):
            await enrol(mfa)


async def test_a_refusal_is_an_answer() -> None:
    async with client(Wire(lambda sent: [answered(sent, OutcomeCode.STEP_UP_REQUIRED)])) as mfa:
        outcome = await enrol(mfa)

    assert isinstance(outcome, Refused)
    assert outcome.code is OutcomeCode.STEP_UP_REQUIRED


async def test_an_answer_that_cannot_be_read_is_no_answer() -> None:
    wire = Wire(lambda sent: [type(answered(sent))(answered(sent).key, b"{}")])
    async with client(wire) as mfa:
        with pytest.raises(OutcomeUnknownError, match="cannot be read"):
            await enrol(mfa)


async def test_a_new_code_is_opened_and_is_in_no_repr() -> None:
    async with client(Wire(lambda sent: [answered(sent, sealed=boxed(sent))])) as mfa:
        outcome = await enrol(mfa)

    assert isinstance(outcome, Done)
    assert outcome.recovery_code is not None
    assert outcome.recovery_code.shown() == shown(CODE)
    assert CODE not in repr(outcome)
    assert shown(CODE) not in repr(outcome)


async def test_a_code_that_was_sealed_to_somebody_else_does_not_open() -> None:
    strangers = b64(X25519PrivateKey.generate().public_key().public_bytes_raw())
    async with client(Wire(lambda sent: [answered(sent, sealed=boxed(sent, strangers))])) as mfa:
        with pytest.raises(ForeignOutcomeError, match="does not open"):
            await enrol(mfa)


async def test_a_typed_code_reaches_the_service_sealed_and_in_its_one_spelling() -> None:
    wire = Wire()
    async with client(wire, deadline_seconds=0.05) as mfa:
        with pytest.raises(OutcomeUnknownError) as caught:
            await mfa.redeem_recovery_code("acme", "ann", shown(CODE).lower(), actor=ANN)

    sent = json.loads(wire.sent[0].value)
    info = sealing_info(Direction.PRESENTED, "acme", "ann", caught.value.prepared.command_id)  # type: ignore[arg-type] # plain texts
    opened = SUITE.decrypt(unb64(sent["data"]["sealed_code"]["box"]), SERVICE, info=info).decode()
    assert opened == CODE
    assert CODE not in wire.sent[0].value.decode()


@given(canary=st.text(min_size=1, max_size=20).filter(lambda text: not text.isascii()))
def test_a_value_that_no_command_may_carry_is_named_and_never_quoted(canary: str) -> None:
    async def ask() -> str:
        wire = Wire()
        async with client(wire) as mfa:
            with pytest.raises(BadCommandError) as caught:
                await mfa.enroll("acme", f"ann{canary}", actor=ANN, method=Method.PUSH)
            assert not wire.sent
        return str(caught.value)

    with asyncio.Runner() as runner:
        told = runner.run(ask())
    assert "subject" in told
    assert canary not in told
