"""The decider against an independent model of the rules: repeats and wrong codes too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mfa_commands.domain.facts import Policy
from mfa_commands.domain.state import enrollments, live_code
from support.asker import MINUTE
from support.story import NOON, Story
from unit.mfa_commands.domain import asking as a
from unit.mfa_commands.domain.model import Model

if TYPE_CHECKING:
    from mfa_contracts.commands import Command
    from support.asker import Asker

names = st.sampled_from(["dev_1", "dev_2", "dev_3"])
methods = st.sampled_from(["totp", "sms", "email"])
logins = st.sampled_from(["login-1", "login-2"])
POLICY = Policy(free_failures=10, window_max=1000)


class DeciderAgainstModel(RuleBasedStateMachine):
    """Both are asked the same; ``asked`` are the commands so far, to be sent again."""

    def __init__(self) -> None:
        super().__init__()
        directory = replace(a.DIRECTORY, policy=POLICY)
        self.story, self.model = Story().given(a.classify(), directory), Model()
        self.asked: list[tuple[str, Command, Asker, dict[str, object]]] = []
        self.dead: list[str] = []

    @property
    def at(self) -> float:
        return (self.story.now - NOON).total_seconds()

    def both(self, what: str, command: Command, asker: Asker, **said: object) -> None:
        matches = said.get("tried") is not None and said["tried"] == self.model.code
        told = self.model.ask(what, command.id.hex, **said)
        self.story = self.story.when(command, asker, code_matches=matches)
        assert self.story.outcome is not None
        assert self.story.outcome.code == told, self.story
        self.asked.append((what, command, asker, said))

    @rule(name=names, method=methods, login=logins, second=st.booleans())
    def enroll(self, name: str, method: str, login: str, second: bool) -> None:  # noqa: FBT001 - drawn by name
        command, asker = a.enroll(name, method), self.ann(login, second=second)
        said = {"name": name, "method": method, "new": f"rc_{command.id.hex}"}
        self.both("enroll", command, asker, **said, at=self.at, login=login, second=second)

    @rule(login=logins)
    def redeem_the_right_code(self, login: str) -> None:
        self._redeem(self.model.code, login)

    @rule(login=logins)
    def redeem_a_wrong_code(self, login: str) -> None:
        self._redeem("rc_wrong", login)

    @precondition(lambda self: self.dead)
    @rule(login=logins)
    def redeem_a_dead_code(self, login: str) -> None:
        self._redeem(self.dead[-1], login)

    @rule(name=names, login=logins, second=st.booleans())
    def remove(self, name: str, login: str, second: bool) -> None:  # noqa: FBT001 - drawn by name
        said = {"name": name, "at": self.at, "login": login, "second": second}
        self.both("remove", a.remove(name), self.ann(login, second=second), **said)

    @rule()
    def reset(self) -> None:
        self.both("reset", a.reset(), replace(a.BOB, policy=POLICY))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        what, command, asker, said = data.draw(st.sampled_from(self.asked))
        self.both(what, command, asker, **said)

    @rule(gone_by=st.sampled_from([MINUTE, 10 * MINUTE, timedelta(minutes=3)]))
    def wait(self, gone_by: timedelta) -> None:
        self.story = self.story.later(gone_by)

    @invariant()
    def both_know_the_same(self) -> None:
        live, known = live_code(self.story.state), {str(one.enrollment_id) for one in enrollments(self.story.state)}
        assert (None if live is None else live.code_id, known) == (self.model.code, set(self.model.methods)), self.story

    def _redeem(self, tried: str | None, login: str) -> None:
        command, before = a.redeem(), self.model.code
        asker = self.ann(login, second=False)
        self.both("redeem", command, asker, tried=tried, new=f"rc_{command.id.hex}", at=self.at, login=login)
        if before is not None and self.model.code != before:
            self.dead.append(before)

    def ann(self, login: str, *, second: bool) -> Asker:
        return replace(a.ANN, login=login, second=MINUTE if second else None, policy=POLICY)


DeciderAgainstModel.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestDeciderAgainstModel = DeciderAgainstModel.TestCase
