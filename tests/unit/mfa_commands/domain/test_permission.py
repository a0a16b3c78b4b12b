"""Who may: role x kind of account x self or other x tenant x command, all of them against the rule told once more."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from mfa_contracts.events import CommandRefused
from mfa_contracts.vocabulary import AccountKind, OutcomeCode, Role
from support.asker import MINUTE
from unit.mfa_commands.domain.asking import (
    ANN,
    CONFIRMED,
    DEMOTED,
    ENROLLED,
    NEWCOMER,
    classify,
    enroll,
    of_kind,
    redeem,
    regenerate,
    remove,
    reset,
    void,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_contracts.commands import Command
    from support.story import Story

MAKERS: dict[str, Callable[[], Command]] = {
    "Enroll": lambda: enroll("dev_2"),
    "Redeem": redeem,
    "Remove": remove,
    "Regenerate": regenerate,
    "Void": void,
    "Reset": reset,
    "Classify": lambda: classify(version=9),
}
ACCOUNTS = {
    "unclassified": NEWCOMER,
    "end_user": ENROLLED,
    "tenant_admin": of_kind(AccountKind.TENANT_ADMIN),
    "support": of_kind(AccountKind.SUPPORT),
    "demoted": DEMOTED,
}
WHERE = {"self": ("ann", "acme"), "other": ("zoe", "acme"), "elsewhere": ("ann", "globex")}
HELD_BY_ADMINS = {"Remove", "Regenerate", "Void", "Reset"}
HELD_BY_USERS = {"Enroll", "Redeem", "Remove", "Regenerate", "Void"}
MAY = None

MATRIX = list(product(Role, MAKERS, ACCOUNTS, WHERE))


def expected(role: Role, command: str, account: str, where: str) -> OutcomeCode | None:
    """The rule told once more, flat: None for may."""
    if role is Role.USER:
        return MAY if where == "self" and command in HELD_BY_USERS else OutcomeCode.FORBIDDEN
    if role is Role.SERVICE:
        return MAY if where != "elsewhere" and command == "Classify" else OutcomeCode.FORBIDDEN
    if role is Role.AUDITOR or command not in HELD_BY_ADMINS or (role, where) == (Role.TENANT_ADMIN, "elsewhere"):
        return OutcomeCode.FORBIDDEN
    return for_another(role, account, where)


def for_another(role: Role, account: str, where: str) -> OutcomeCode | None:
    """The part of it for an admin's or support's command, in a tenant that is theirs."""
    if where == "self":
        return OutcomeCode.SELF_RESET_FORBIDDEN
    if account == "unclassified":
        return OutcomeCode.ACCOUNT_UNCLASSIFIED
    if account != "end_user":
        return OutcomeCode.ADMIN_TARGET_FORBIDDEN if role is Role.TENANT_ADMIN else OutcomeCode.APPROVAL_REQUIRED
    return MAY


def asked(role: Role, command: str, account: str, where: str) -> Story:
    subject, tenant = WHERE[where]
    asker = replace(CONFIRMED, role=role, subject=subject, tenant=tenant, kind=None, version=None)
    return ACCOUNTS[account].when(MAKERS[command](), asker, code_matches=True)


@pytest.mark.parametrize(("role", "command", "account", "where"), MATRIX)
def test_who_may_do_what_on_whom(role: Role, command: str, account: str, where: str) -> None:
    refusal, story = expected(role, command, account, where), asked(role, command, account, where)
    if refusal is not None:
        story.then(refusal, CommandRefused)
    else:
        assert story.outcome is not None, story
        assert story.outcome.code in _let_through(command, account), story


def _let_through(command: str, account: str) -> set[OutcomeCode]:
    if account != "unclassified" or command == "Classify":
        return {OutcomeCode.OK}
    own = {"Enroll": OutcomeCode.ACCOUNT_UNCLASSIFIED, "Redeem": OutcomeCode.NOT_ENROLLED}
    renewal = {"Regenerate": OutcomeCode.NOT_ENROLLED}
    return {{**own, **renewal}.get(command, OutcomeCode.NOTHING_CHANGED)}


@pytest.mark.parametrize("case", [case for case in MATRIX if expected(*case) is not MAY])
def test_whoever_may_not_changes_nothing(case: tuple[Role, str, str, str]) -> None:
    before, after = ACCOUNTS[case[2]].state, asked(*case).state
    kept = (before.enrolled, before.classified, before.mfa_version, before.sessions_invalid_before)
    assert (after.enrolled, after.classified, after.mfa_version, after.sessions_invalid_before) == kept


def test_an_admin_who_acts_as_a_user_on_themselves_follows_the_users_rules() -> None:
    admin = replace(ANN, kind=AccountKind.TENANT_ADMIN)
    story = of_kind(AccountKind.TENANT_ADMIN).when(remove(), replace(admin, second=MINUTE))
    assert story.state.enrolled is None


def test_a_user_never_resets_not_even_themselves() -> None:
    ENROLLED.when(reset(), CONFIRMED).then(OutcomeCode.FORBIDDEN, CommandRefused)


def test_the_refusal_names_what_the_account_was() -> None:
    admin = replace(ANN, subject="bob", role=Role.TENANT_ADMIN)
    target = DEMOTED.when(reset(), admin).events[0].data.target
    assert (target.kind, target.protected) == (AccountKind.END_USER, True)


def test_the_refusal_names_reason_and_ticket() -> None:
    fact = DEMOTED.when(reset(), replace(ANN, subject="bob", role=Role.TENANT_ADMIN)).events[0].data
    assert isinstance(fact, CommandRefused)
    assert (fact.reason, fact.ticket) == ("lost_device", "T-1")
