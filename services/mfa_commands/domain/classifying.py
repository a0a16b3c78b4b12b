"""ClassifyAccount, and what a user's own ``Enroll`` token says of the account: the directory's newest word wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_commands.domain.state import kind_of
from mfa_commands.domain.telling import changing, keeping
from mfa_contracts.events import AccountClassified
from mfa_contracts.vocabulary import AccountKind

if TYPE_CHECKING:
    from datetime import datetime

    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import UserMfa
    from mfa_commands.domain.telling import Said
    from mfa_contracts.commands import ClassifyAccountCommand
    from mfa_contracts.events import News


def is_newer(version: int, state: UserMfa) -> bool:
    """Whether the directory's ``version`` says more than is known."""
    return state.classified is None or version > state.classified.directory_version


def classify(command: ClassifyAccountCommand, state: UserMfa, facts: Facts) -> tuple[News, ...]:
    """The account is of this kind now; no news when the directory's version is not newer than the known one.

    ``mfa_version`` rises only when the kind is another one.
    """
    kind, version = command.data.kind, command.data.directory_version
    if not is_newer(version, state):
        return ()
    said = (keeping if kind is kind_of(state) else changing)(command, state, facts)
    return (classified(kind, version, state, facts, said),)


def classified(kind: AccountKind, version: int, state: UserMfa, facts: Facts, said: Said) -> AccountClassified:
    """The fact of it, with the time until which a demoted account stays protected."""
    return AccountClassified(
        **said,
        kind=kind,
        previous=kind_of(state),
        directory_version=version,
        protected_until=_protected_until(kind, state, facts),
    )


def _protected_until(kind: AccountKind, state: UserMfa, facts: Facts) -> datetime | None:
    if kind is not AccountKind.END_USER or state.classified is None:
        return None
    if state.classified.kind is AccountKind.END_USER:
        return state.classified.protected_until
    return facts.now + facts.policy.protected_after_demotion
