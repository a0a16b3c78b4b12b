"""From news to events: what all facts of one append share, and the frame around each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict, assert_never

from mfa_commands.domain.state import kind_of, protected
from mfa_contracts import events as e
from mfa_contracts.fact_parts import Actor, CommandSource, Target
from mfa_contracts.ids import event_id

if TYPE_CHECKING:
    from datetime import datetime

    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.commands import Command
    from mfa_contracts.ids import CommandId, EventId, TenantId, UserId
    from mfa_contracts.model import Personal

SOURCE: Final = "mfa_commands"


class Said(TypedDict):
    """What every fact of one append says; times and versions as in ``mfa_contracts.events.Fact``."""

    actor: Actor
    source: CommandSource
    target: Target
    mfa_version_before: int
    mfa_version: int
    personal: Personal | None


class _Frame(TypedDict):
    source: str
    time: datetime
    correlationid: str
    traceparent: str | None
    id: EventId
    tenantid: TenantId
    subject: UserId
    sequence: int
    causationid: CommandId


def changing(command: Command, state: UserMfa, facts: Facts) -> Said:
    """For an append that changes enrolments, code, kind or lock: ``mfa_version`` rises by one."""
    return _said(command, state, facts, state.mfa_version + 1)


def keeping(command: Command, state: UserMfa, facts: Facts) -> Said:
    """For an append that leaves ``mfa_version`` as it is: refusals, wrong codes, repeats."""
    return _said(command, state, facts, state.mfa_version)


def told(command: Command, state: UserMfa, facts: Facts, news: tuple[e.News, ...]) -> tuple[e.Event, ...]:
    """The news in their frames, with the next sequence numbers and ids that follow from the command's."""
    return tuple(_framed(_frame(command, state, facts, number), fact) for number, fact in enumerate(news))


def _said(command: Command, state: UserMfa, facts: Facts, version: int) -> Said:
    return {
        "actor": facts.actor.actor,
        "source": facts.source,
        "target": Target(kind=kind_of(state), protected=protected(state, facts.now)),
        "mfa_version_before": state.mfa_version,
        "mfa_version": version,
        "personal": command.data.personal,
    }


def _frame(command: Command, state: UserMfa, facts: Facts, number: int) -> _Frame:
    return {
        "source": SOURCE,
        "time": facts.now,
        "correlationid": command.correlationid,
        "traceparent": command.traceparent,
        "id": event_id(command.id, number),
        "tenantid": command.tenantid,
        "subject": command.subject,
        "sequence": state.sequence + 1 + number,
        "causationid": command.id,
    }


def _framed(frame: _Frame, news: e.News) -> e.Event:  # noqa: C901, PLR0911, PLR0912 - one case a fact, flat
    match news:
        case e.RecoveryCodeRedeemed():
            return e.RecoveryCodeRedeemedEvent(**frame, data=news)
        case e.AuthenticatorEnrolled():
            return e.AuthenticatorEnrolledEvent(**frame, data=news)
        case e.RecoveryCodeIssued():
            return e.RecoveryCodeIssuedEvent(**frame, data=news)
        case e.MfaReset():
            return e.MfaResetEvent(**frame, data=news)
        case e.AuthenticatorReplaced():
            return e.AuthenticatorReplacedEvent(**frame, data=news)
        case e.AuthenticatorRemoved():
            return e.AuthenticatorRemovedEvent(**frame, data=news)
        case e.RecoveryCodeRejected():
            return e.RecoveryCodeRejectedEvent(**frame, data=news)
        case e.RecoveryCodeVoided():
            return e.RecoveryCodeVoidedEvent(**frame, data=news)
        case e.RecoveryLocked():
            return e.RecoveryLockedEvent(**frame, data=news)
        case e.AccountClassified():
            return e.AccountClassifiedEvent(**frame, data=news)
        case e.CommandRefused():
            return e.CommandRefusedEvent(**frame, data=news)
        case e.NothingChanged():
            return e.NothingChangedEvent(**frame, data=news)
        case _:
            assert_never(news)
