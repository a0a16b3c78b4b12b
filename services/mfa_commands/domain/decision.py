"""What a decision is: facts to append, or an answer that leaves none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mfa_contracts.events import Event
    from mfa_contracts.vocabulary import OutcomeCode


@dataclass(frozen=True, slots=True)
class Decided:
    """At least one event; all of them are one append."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer without a new event: an exact repeat (of a command that left ``events`` facts), or one not recorded."""

    code: OutcomeCode
    sequence: int
    mfa_version: int
    events: int = 0
    retry_at: datetime | None = None


Decision = Decided | Answered


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command is not carried out; ``retry_at`` when waiting helps."""

    code: OutcomeCode
    retry_at: datetime | None = None
