"""The outcome of a decision, derived from the appended events, so that an I/O error can never look like a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from mfa_commands.domain.decision import Answered, Decided
from mfa_contracts.events import RecoveryCodeIssued, RecoveryCodeRedeemed
from mfa_contracts.ids import event_id
from mfa_contracts.outcomes import answer, code_of

if TYPE_CHECKING:
    from mfa_commands.domain.decision import Decision
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.commands import Command
    from mfa_contracts.events import Event
    from mfa_contracts.outcomes import Outcome


class Told(NamedTuple):
    """An outcome without its sealed code, and whether the newly minted code is to be sealed into it."""

    outcome: Outcome
    carries_new_code: bool


def outcome_of(command: Command, state_after: UserMfa, decision: Decision) -> Told:
    """What the sender of ``command`` is told, ``state_after`` being the state with the decision's events folded in."""
    match decision:
        case Decided(events=events):
            return _of_events(state_after, events)
        case Answered():
            return Told(_of_answer(command, decision), carries_new_code=False)
        case _:
            assert_never(decision)


def issues_code(events: tuple[Event, ...]) -> bool:
    """Whether a recovery code came into being with these events."""
    return any(isinstance(event.data, RecoveryCodeIssued | RecoveryCodeRedeemed) for event in events)


def _of_events(state: UserMfa, events: tuple[Event, ...]) -> Told:
    code, retry_at = code_of([event.data for event in events])
    outcome = answer(
        code,
        sequence=state.sequence,
        mfa_version=state.mfa_version,
        event_ids=tuple(event.id for event in events),
        retry_at=retry_at,
    )
    return Told(outcome, issues_code(events))


def _of_answer(command: Command, answered: Answered) -> Outcome:
    return answer(
        answered.code,
        sequence=answered.sequence,
        mfa_version=answered.mfa_version,
        event_ids=tuple(event_id(command.id, number) for number in range(answered.events)),
        retry_at=answered.retry_at,
    )
