"""What a step expects, what was seen, and where the two differ; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_cli.demo.news import event_name
from mfa_contracts.vocabulary import OutcomeCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_contracts.events import Event
    from mfa_contracts.ids import UserId


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands: whether they must set up MFA at the next log-in, and what became of their code."""

    must_enroll: bool
    recovery_code: str

    def __str__(self) -> str:
        """In words."""
        mfa = "must enrol" if self.must_enroll else "enrolled"
        return f"{mfa}, recovery code {self.recovery_code}"


PROTECTED_BY_MFA: Final = Standing(must_enroll=False, recovery_code="active")
MUST_ENROLL: Final = Standing(must_enroll=True, recovery_code="voided")


class Expected:
    """The events that a step leaves, by name and in order; the outcome's code; and how the person stands ``then``."""

    def __init__(self, *events: str, then: Standing, code: OutcomeCode = OutcomeCode.OK) -> None:
        self.events = events
        self.then = then
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a command, and the events that it left in the log. No code issued: ``new_code`` is empty."""

    user: UserId
    code: OutcomeCode
    message: str
    sequence: int
    events: Sequence[Event]
    new_code: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is not as it was expected to be."""

    what: str
    expected: str
    got: str


def mismatches(expected: Expected, answer: Answer, standing: Standing) -> tuple[Mismatch, ...]:
    """Everything that differs; empty when the step holds."""
    compared = (
        ("outcome", expected.code.value, answer.code.value),
        ("events", ", ".join(expected.events), ", ".join(event_name(event) for event in answer.events)),
        ("standing", str(expected.then), str(standing)),
    )
    return tuple(Mismatch(*each) for each in compared if each[1] != each[2])
