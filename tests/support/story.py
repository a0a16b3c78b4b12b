"""Given, when, then for the decider: what came before is decided for real, and a failing story prints itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mfa_commands.domain.decider import decide
from mfa_commands.domain.decision import Decided
from mfa_commands.domain.evolve import fold
from mfa_commands.domain.outcome import outcome_of
from mfa_commands.domain.state import INITIAL
from mfa_contracts.vocabulary import OutcomeCode, Verdict

if TYPE_CHECKING:
    from mfa_commands.domain.decision import Decision
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.commands import Command
    from mfa_contracts.events import Event, News
    from mfa_contracts.outcomes import Outcome
    from support.asker import Asker

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """One user's story so far: how it stands, and the last decision with its outcome."""

    state: UserMfa = INITIAL
    now: datetime = NOON
    told: tuple[str, ...] = ()
    decision: Decision | None = None
    outcome: Outcome | None = None

    @property
    def events(self) -> tuple[Event, ...]:
        return self.decision.events if isinstance(self.decision, Decided) else ()

    def later(self, gone_by: timedelta) -> Story:
        return replace(self, now=self.now + gone_by, told=(*self.told, f"{gone_by} later"))

    def when(self, command: Command, asker: Asker, **said: object) -> Story:
        decision = decide(command, self.state, asker.facts(command, self.now, **said))
        after = fold(self.state, decision.events if isinstance(decision, Decided) else ())
        outcome = outcome_of(command, after, decision).outcome
        line = f"{asker.role} {asker.subject}: {type(command.data).__name__} {said or ''} -> {outcome.code}"
        return replace(self, state=after, told=(*self.told, line), decision=decision, outcome=outcome)

    def given(self, command: Command, asker: Asker, **said: object) -> Story:
        story = self.when(command, asker, **said)
        assert story.outcome is not None
        assert story.outcome.verdict is Verdict.ACCEPTED, f"an impossible given: {story}"
        return story

    def then(self, code: OutcomeCode, *facts: type[News]) -> Story:
        left = tuple(type(event.data) for event in self.events)
        assert self.outcome is not None
        assert (self.outcome.code, left) == (code, facts), f"expected {code} {[f.__name__ for f in facts]}: {self}"
        return self

    def __str__(self) -> str:
        return "\n  ".join(("the story was:", *self.told, f"left {[type(one.data).__name__ for one in self.events]}"))
