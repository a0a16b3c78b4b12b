"""The decider against an independent model of the rules: all commands, repeats, wrong codes, protected accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mfa_commands.domain.facts import Policy
from mfa_commands.domain.state import enrollments, live_code
from mfa_contracts.vocabulary import AccountKind
from support.asker import MINUTE
from support.story import NOON, Story
from unit.mfa_commands.domain import asking as a
from unit.mfa_commands.domain.model import Model, Who

if TYPE_CHECKING:
    from mfa_contracts.commands import Command
    from support.asker import Asker

NAMES = ("dev_1", "dev_2", "dev_3")
names = st.sampled_from(NAMES)
methods = st.sampled_from(["totp", "sms", "email"])
kinds = st.sampled_from([*AccountKind, AccountKind.END_USER])
logins = st.sampled_from(["login-1", "login-2"])
ann = st.builds(Who, st.just("ann"), logins, st.booleans())
anybody = ann | st.just(Who("bob"))
looked = st.sampled_from([None, None, None, 0, -1])
"""No version was looked at, the one in force, the one before it."""

POLICY = Policy(free_failures=10, window_max=1000)
ASKERS = {"bob": a.BOB, "directory": a.DIRECTORY}


class DeciderAgainstModel(RuleBasedStateMachine):
    """Both are asked the same; ``asked`` are the commands so far, to be sent again."""

    def __init__(self) -> None:
        super().__init__()
        directory = replace(a.DIRECTORY, policy=POLICY)
        self.story, self.model = Story().given(a.classify(), directory), Model()
        self.asked: list[tuple[str, Command, Who, dict[str, object]]] = []
        self.dead: list[str] = []

    def both(self, what: str, command: Command, who: Who, **said: object) -> None:
        before, at = self.model.code, (self.story.now - NOON).total_seconds()
        matches = said.get("tried") is not None and said["tried"] == before
        told = self.model.ask(what, command.id.hex, who=who, at=at, expected=command.data.expected_version, **said)
        self.story = self.story.when(command, asker_of(who), code_matches=matches)
        assert self.story.outcome is not None
        assert self.story.outcome.code == told, self.story
        self.asked.append((what, command, who, said))
        self.dead.extend([before] if before and before != self.model.code else [])

    def expected(self, look: int | None) -> int | None:
        return None if look is None else self.model.version + look

    @rule(name=names, method=methods, who=ann, look=looked)
    def enroll(self, name: str, method: str, who: Who, look: int | None) -> None:
        command = a.enroll(name, method, expected_version=self.expected(look))
        self.both("enroll", command, who, name=name, method=method, new=code_of(command))

    @rule(who=ann, look=looked)
    def redeem_the_right_code(self, who: Who, look: int | None) -> None:
        self._redeem(self.model.code, who, look)

    @rule(who=ann, look=looked)
    def redeem_a_wrong_code(self, who: Who, look: int | None) -> None:
        self._redeem("rc_wrong", who, look)

    @precondition(lambda self: self.dead)
    @rule(who=ann)
    def redeem_a_dead_code(self, who: Who) -> None:
        self._redeem(self.dead[-1], who, None)

    @rule(name=names, who=anybody, look=looked)
    def remove(self, name: str, who: Who, look: int | None) -> None:
        self.both("remove", a.remove(name, expected_version=self.expected(look)), who, names={name})

    @rule(look=looked)
    def reset(self, look: int | None) -> None:
        self.both("remove", a.reset(expected_version=self.expected(look)), Who("bob"), names=set(NAMES))

    @rule(who=anybody, look=looked)
    def regenerate(self, who: Who, look: int | None) -> None:
        command = a.regenerate(expected_version=self.expected(look))
        self.both("renew", command, who, new=code_of(command))

    @rule(who=anybody, look=looked)
    def void(self, who: Who, look: int | None) -> None:
        self.both("renew", a.void(expected_version=self.expected(look)), who, new="")

    @rule(kind=kinds, newer=st.sampled_from([0, 1, 2]))
    def classify(self, kind: AccountKind, newer: int) -> None:
        word = self.model.word + newer
        self.both("classify", a.classify(kind, word), Who("directory"), kind=kind.value, word=word)

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        what, command, who, said = data.draw(st.sampled_from(self.asked))
        self.both(what, command, who, **said)

    @rule(gone_by=st.sampled_from([MINUTE, 10 * MINUTE, timedelta(minutes=3)]))
    def wait(self, gone_by: timedelta) -> None:
        self.story = self.story.later(gone_by)

    @rule()
    def wait_until_nothing_is_protected_or_remembered(self) -> None:
        self.story, self.asked = self.story.later(timedelta(hours=72)), []

    @invariant()
    def both_know_the_same(self) -> None:
        live, known = live_code(self.story.state), {str(one.enrollment_id) for one in enrollments(self.story.state)}
        seen = ("" if live is None else live.code_id, known, self.story.state.mfa_version)
        assert seen == (self.model.code, set(self.model.methods), self.model.version), self.story

    def _redeem(self, tried: str, who: Who, look: int | None) -> None:
        command = a.redeem(expected_version=self.expected(look))
        self.both("redeem", command, who, tried=tried, new=code_of(command))


def asker_of(who: Who) -> Asker:
    if who.name == "ann":
        return replace(a.ANN, login=who.login, second=MINUTE if who.second else None, policy=POLICY)
    return replace(ASKERS[who.name], policy=POLICY)


def code_of(command: Command) -> str:
    """The id of the code that is minted for a command."""
    return f"rc_{command.id.hex}"


DeciderAgainstModel.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestDeciderAgainstModel = DeciderAgainstModel.TestCase
