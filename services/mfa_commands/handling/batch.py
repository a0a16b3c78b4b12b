"""A batch of records, one by one: each command is decided on the state that the one before it left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Final, assert_never

from mfa_commands.domain.decider import decide, may_try
from mfa_commands.domain.decision import Decided
from mfa_commands.domain.evolve import evolve
from mfa_commands.domain.facts import Facts
from mfa_commands.domain.outcome import outcome_of
from mfa_commands.domain.state import live_code
from mfa_commands.handling import answers
from mfa_commands.handling.admission import Admitted, Issuing, NotAdmitted, admit, glimpsed_id
from mfa_contracts.commands import RedeemRecoveryCodeCommand, action
from mfa_contracts.fact_parts import CommandSource
from mfa_contracts.vocabulary import OutcomeCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from exactly_once.records import Output, Record
    from mfa_commands.domain.decision import Decision
    from mfa_commands.domain.state import UserMfa
    from mfa_commands.handling.ports import Minted, Tools
    from mfa_contracts.outcomes import Outcome

SLICE: Final = 20
"""Commands between two looks at the event loop: about 10 ms of signatures and boxes, which hold the processor."""


@dataclass(slots=True)
class Handled:
    """What a batch comes to: records to write, and the new states of the users that it touched, by record key."""

    outputs: list[Output] = field(default_factory=list)
    states: dict[bytes, UserMfa] = field(default_factory=dict)


async def handle(records: Sequence[Record], recall: Callable[[bytes], UserMfa], tools: Tools) -> Handled:
    """Decide ``records`` in their order; ``recall`` gives the state of a user before the batch."""
    handled = Handled()
    for number, record in enumerate(records, start=1):
        handled.outputs.extend(_step(record, handled.states, recall, tools))
        if number % SLICE == 0:
            await asyncio.sleep(0)
    return handled


def poisoned(record: Record, now: datetime) -> Sequence[Output]:
    """The answer to a record that this service failed on, twice and alone: nothing was decided."""
    reason = "the service failed on this record; its log says how, by partition and offset"
    refusal = NotAdmitted(OutcomeCode.INTERNAL_ERROR, reason, glimpsed_id(record.value))
    return tuple(answers.turned_away(record, refusal, now))


def _step(
    record: Record, states: dict[bytes, UserMfa], recall: Callable[[bytes], UserMfa], tools: Tools
) -> Iterable[Output]:
    match admit(record, tools):
        case NotAdmitted() as refusal:
            return answers.turned_away(record, refusal, tools.now())
        case Admitted(key=key) as admitted:
            before = states.get(key) or recall(key)
            after, outputs = _decide(record, admitted, before, tools)
            if after is not before:
                states[key] = after
            return outputs
        case other:
            assert_never(other)


def _decide(record: Record, admitted: Admitted, before: UserMfa, tools: Tools) -> tuple[UserMfa, Sequence[Output]]:
    command = admitted.command
    minted = tools.codes.minted(command.tenantid, command.subject)
    facts = _facts(record, admitted, before, minted, tools)
    decision = decide(command, before, _with_code_tried(admitted, before, facts, tools))
    after = _after(before, decision)
    told = _told(admitted, after, decision, minted, tools)
    outcome = answers.outcome(command, told, facts.now)
    events = decision.events if isinstance(decision, Decided) else ()
    return after, [*(answers.fact(admitted.key, event) for event in events), outcome]


def _facts(record: Record, admitted: Admitted, before: UserMfa, minted: Minted, tools: Tools) -> Facts:
    source = CommandSource(
        command=action(admitted.command), partition=record.partition, offset=record.offset, digest=admitted.digest
    )
    return Facts(
        now=max(tools.now(), before.last_at),
        appended_at=admitted.appended_at,
        policy=tools.policy,
        actor=admitted.actor,
        source=source,
        new_code=minted.issued,
    )


def _with_code_tried(admitted: Admitted, before: UserMfa, facts: Facts, tools: Tools) -> Facts:
    # Only now, and only if the rules let this be tried: an early or locked guess must not learn anything, even by time.
    command = admitted.command
    if not isinstance(command, RedeemRecoveryCodeCommand) or not may_try(command, before, facts):
        return facts
    code = tools.codes.opened(command.data.sealed_code, command.tenantid, command.subject, command.id)
    live = live_code(before)
    if code is None or live is None:
        return replace(facts, code_wellformed=code is not None)
    return replace(facts, code_matches=tools.codes.recognises(code, live, command.tenantid, command.subject))


def _after(before: UserMfa, decision: Decision) -> UserMfa:
    return reduce(evolve, decision.events, before) if isinstance(decision, Decided) else before


def _told(admitted: Admitted, after: UserMfa, decision: Decision, minted: Minted, tools: Tools) -> Outcome:
    command = admitted.command
    said, issued = outcome_of(command, after, decision)
    if not issued:
        return said
    assert isinstance(command, Issuing)
    box = tools.codes.sealed(minted.code, command.data.reply_key, command.tenantid, command.subject, command.id)
    return said.model_copy(update={"sealed_code": box})
