"""Inside a batch each command is decided on the state that the one before it left; a guess learns nothing early."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from mfa_commands.domain.state import live_code
from mfa_commands.handling import poisoned
from mfa_commands.handling.batch import SLICE
from mfa_contracts import topics
from mfa_contracts.commands import ResetMfa, ResetMfaCommand
from mfa_contracts.recovery_code import shown
from mfa_contracts.vocabulary import ResetReason
from support.commands import ReplyKey, admin, logged_in
from support.deciding import AT, NOW, Answered, InMemory, changed, enroll, redeem, wrong_code

if TYPE_CHECKING:
    from mfa_contracts.commands import RedeemRecoveryCodeCommand

ANN = b"acme/ann"


async def test_the_first_authenticator_brings_a_recovery_code() -> None:
    service = InMemory()
    code = await service.enrolled()

    assert len(code) == 24


async def test_the_same_code_twice_in_one_batch_is_one_success() -> None:
    service = InMemory()
    code = await service.enrolled()
    answered = await service.handle(service.redeeming(code), service.redeeming(code))

    assert answered.codes == ["ok", "invalid_recovery_code"]
    assert answered.facts == ["RecoveryCodeRedeemed", "RecoveryCodeRejected"]


async def test_a_used_code_is_dead_at_once_and_its_replacement_alive() -> None:
    service = InMemory()
    code = await service.enrolled()
    again = ReplyKey()
    command = redeem(service.gateway, code, "ann", again)
    answered = await service.send(service.gateway.send(command, logged_in("ann", AT), AT))
    new = again.open(answered.sealed(command), command)
    tried = await service.handle(service.redeeming(code), service.redeeming(new))

    assert tried.codes == ["invalid_recovery_code", "ok"]


async def test_a_code_may_be_typed_with_dashes_and_in_lower_case() -> None:
    service = InMemory()
    code = await service.enrolled()
    answered = await service.handle(service.redeeming(shown(code).lower()))

    assert answered.codes == ["ok"]


async def test_a_wrong_code_leaves_the_right_one_alive() -> None:
    service = InMemory()
    code = await service.enrolled()
    answered = await service.handle(service.redeeming(wrong_code()), service.redeeming(code))

    assert answered.codes == ["invalid_recovery_code", "ok"]


async def test_a_wrong_token_changes_nothing() -> None:
    service = InMemory()
    code = await service.enrolled()
    before = dict(service.states)
    record = service.redeeming(code)
    await service.handle(changed(record, headers=service.enrolling("ann").headers))

    assert service.states == before


async def test_a_reset_takes_everything_in_one_fact() -> None:
    service = InMemory()
    await service.enrolled()
    frame = {"source": "admin", "tenantid": "acme", "subject": "ann", "correlationid": "c"}
    data = ResetMfa(reason=ResetReason.LOST_DEVICE, ticket="T-1")
    command = ResetMfaCommand(**frame, id=enroll().id, time=NOW, data=data)
    answered = await service.send(service.gateway.send(command, admin(), AT))

    assert (answered.facts, live_code(service.states[ANN])) == (["MfaReset"], None)


async def test_a_repeat_has_the_same_answer_without_a_new_fact_and_without_the_code() -> None:
    service = InMemory()
    command = enroll()
    signed = service.gateway.send(command, logged_in("ann", AT), AT)
    await service.send(signed)
    answered = await service.send(signed)

    assert (answered.facts, answered.codes) == ([], ["code_already_sent"])


# ---- boxes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moved", [{"user": "bob"}, {"tenant": "evil"}, {"command_id": str(uuid4())}])
async def test_a_box_of_another_user_tenant_or_command_does_not_open_and_is_refused(moved: dict[str, str]) -> None:
    service = InMemory()
    code = await service.enrolled()
    command = redeem(service.gateway, code, "ann", ReplyKey())
    bound = {"user": "ann", "tenant": "acme", "command_id": str(command.id), **moved}
    answered = await _sent_with_box(service, command, code, **bound)

    assert (answered.codes, live_code(service.states[ANN]) is not None) == (["invalid_recovery_code"], True)


@pytest.mark.parametrize("box", ["A" * 64, "_" * 512, "A" * 65, "A" * 108])
async def test_a_box_of_nonsense_is_refused_like_any_wrong_code(box: str) -> None:
    service = InMemory()
    code = await service.enrolled()
    command = redeem(service.gateway, code, "ann", ReplyKey())
    sealed = command.data.sealed_code.model_copy(update={"box": box})
    bad = command.model_copy(update={"data": command.data.model_copy(update={"sealed_code": sealed})})
    answered = await service.send(service.gateway.send(bad, logged_in("ann", AT), AT))

    assert answered.codes == ["invalid_recovery_code"]


@pytest.mark.parametrize("text", ["", "zu kurz", "\u00fc" * 24, "A" * 24, "0" * 200])
async def test_a_box_without_a_code_in_it_is_refused_and_not_counted(text: str) -> None:
    service = InMemory()
    code = await service.enrolled()
    answered = await service.handle(*(service.redeeming(text) for _ in range(5)))
    assert set(answered.codes) == {"invalid_recovery_code"}

    assert (await service.handle(service.redeeming(code))).codes == ["ok"]


async def test_no_box_is_opened_for_a_try_that_the_rules_do_not_allow() -> None:
    service = InMemory()
    code = await service.enrolled()
    watched = service.watched()
    command = redeem(service.gateway, code, "ann", ReplyKey())
    late = logged_in("ann", AT - 3600)
    answered = await service.send(service.gateway.send(command, late, AT))

    assert (answered.codes, watched.opened_for) == (["first_factor_required"], [])


async def test_after_too_many_wrong_codes_no_box_is_opened() -> None:
    service = InMemory()
    await service.enrolled()
    watched = service.watched()
    answered = await service.handle(*(service.redeeming(wrong_code()) for _ in range(8)))

    assert answered.codes[-1] == "too_many_attempts"
    assert len(watched.opened_for) == answered.codes.count("invalid_recovery_code")


async def test_a_new_code_goes_only_to_the_outcome_and_only_sealed() -> None:
    service = InMemory()
    reply = ReplyKey()
    command = enroll(reply_key=reply.public)
    answered = await service.send(service.gateway.send(command, logged_in("ann", AT), AT))
    sealed = answered.sealed(command)
    code = reply.open(sealed, command)

    assert code.encode() not in answered.everything
    assert [o.topic for o in answered.handled.outputs if sealed.box.encode() in (o.value or b"")] == [topics.OUTCOMES]


async def test_an_outcome_names_neither_tenant_nor_user() -> None:
    service = InMemory()
    answered = await service.handle(service.enrolling("zoe-the-user"))

    (outcome,) = answered.values(topics.OUTCOMES)
    assert b"zoe-the-user" not in outcome
    assert b"acme" not in outcome


# ---- clock, loop, poison -----------------------------------------------------------------------------------------


async def test_a_clock_that_runs_back_does_not_bring_a_fact_before_the_last_one() -> None:
    service = InMemory()
    await service.enrolled()
    service.tools = replace(service.tools, now=lambda: NOW - timedelta(hours=1))
    answered = await service.handle(service.redeeming(wrong_code()))

    assert answered.events[0].time == NOW


async def test_a_long_batch_lets_others_have_the_loop() -> None:
    service = InMemory()
    records = [service.enrolling(f"user-{number}") for number in range(3 * SLICE)]
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    await service.handle(*records)
    beside.cancel()

    assert turns >= 3


async def test_a_poisoned_record_is_answered_as_internal_error_with_its_id() -> None:
    service = InMemory()
    command = enroll()
    record = service.record(service.gateway.send(command, logged_in("ann", AT), AT))
    outputs = poisoned(record, NOW)

    topics_written = [output.topic for output in outputs]
    assert topics_written == [topics.DEADLETTERS, topics.OUTCOMES]
    assert all(b"internal_error" in (output.value or b"") for output in outputs)


async def _sent_with_box(service: InMemory, command: RedeemRecoveryCodeCommand, code: str, **bound: str) -> Answered:
    sealed = service.gateway.seal(code, bound["command_id"], tenant=bound["tenant"], user=bound["user"])
    data = command.data.model_copy(update={"sealed_code": sealed})
    changed_command = command.model_copy(update={"data": data})
    return await service.send(service.gateway.send(changed_command, logged_in("ann", AT), AT))
