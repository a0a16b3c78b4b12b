"""Any walk of a user through any commands of anybody, as Hypothesis draws it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from mfa_commands.domain.facts import Policy
from mfa_contracts.vocabulary import AccountKind, Method
from support.asker import MINUTE
from support.story import Story
from unit.mfa_commands.domain import asking as a

if TYPE_CHECKING:
    from mfa_contracts.commands import Command
    from support.asker import Asker

NAMES = st.sampled_from(["dev_1", "dev_2", "dev_3"])
METHODS = st.sampled_from([Method.TOTP, Method.EMAIL, Method.PUSH])
APPS = st.sampled_from([None, a.restored("dev_1"), a.restored("dev_2")])
PERSONAL = st.sampled_from([None, {"ip": "192.0.2.1", "reason_text": "lost at sea, \u00e9t\u00e9"}])
VERSIONS = st.sampled_from([None, None, None, 1, 2])
POLICY = Policy(lock_after=4, free_failures=1)
OTHER_LOGIN = replace(a.ANN, login="login-2")
PEOPLE = (a.ANN, OTHER_LOGIN, a.CONFIRMED, a.CONFIRMED, a.BOB, a.SUE, a.DIRECTORY, a.AUDITOR)
ASKERS: tuple[Asker, ...] = tuple(replace(asker, policy=POLICY) for asker in PEOPLE)

commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(a.enroll, NAMES, METHODS, linked_to=st.none() | NAMES, personal=PERSONAL, expected_version=VERSIONS),
    st.builds(a.redeem, restored_app=APPS, personal=PERSONAL, expected_version=VERSIONS),
    st.builds(a.reset, personal=PERSONAL, ticket=st.sampled_from([None, "T-1", "T-2"])),
    st.builds(a.remove, NAMES, expected_version=VERSIONS),
    st.builds(a.regenerate, personal=PERSONAL),
    st.builds(a.void, expected_version=VERSIONS),
    st.builds(a.classify, st.sampled_from(AccountKind), st.integers(0, 9)),
)


class Step(NamedTuple):
    """One command of somebody, after a while; ``matches`` is asked of codes only."""

    command: Command
    asker: Asker
    after: timedelta
    matches: bool
    wellformed: bool


steps = st.builds(
    Step,
    commands,
    st.sampled_from(ASKERS),
    st.sampled_from([timedelta(0), timedelta(milliseconds=1), MINUTE, 20 * MINUTE, timedelta(hours=26)]),
    st.booleans(),
    st.sampled_from([True, True, True, False]),
)


def taken(story: Story, step: Step) -> Story:
    """The story after ``step``."""
    said = {"code_matches": step.matches, "code_wellformed": step.wellformed}
    return story.later(step.after).when(step.command, step.asker, **said)


def walked(some: list[Step]) -> tuple[Story, ...]:
    """The stories after each step, beginning with an enrolled user."""
    stories = [Story().when(a.enroll("dev_1"), ASKERS[0])]
    for step in some:
        stories.append(taken(stories[-1], step))
    return tuple(stories)


walks = st.lists(steps, max_size=25).map(walked)
