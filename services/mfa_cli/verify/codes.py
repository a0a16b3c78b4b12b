"""Rule: a user has at most one living recovery code, and only the living one is ever redeemed, replaced or voided."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from mfa_cli.verify.findings import Notes
from mfa_contracts.events import (
    AccountClassified,
    AuthenticatorEnrolled,
    AuthenticatorRemoved,
    AuthenticatorReplaced,
    CommandRefused,
    MfaReset,
    NothingChanged,
    RecoveryCodeIssued,
    RecoveryCodeRedeemed,
    RecoveryCodeRejected,
    RecoveryCodeVoided,
    RecoveryLocked,
)

if TYPE_CHECKING:
    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding
    from mfa_contracts.events import News
    from mfa_contracts.ids import CodeId

    Life = tuple[CodeId | None, CodeId | None]
    """Which code a fact ends, and which one lives after it."""


class CodeCheck:
    """Remembers the living code of each user of a partition."""

    def __init__(self) -> None:
        self._notes = Notes("no recovery code was redeemed twice, and never were two alive", "codes")
        self._alive: dict[bytes, CodeId] = {}

    def meet(self, appended: Appended) -> None:
        """What ends must be what lives."""
        life = _life(appended.event.data)
        if life is None:
            return
        ends, begins = life
        alive = self._alive.pop(appended.key, None)
        if ends != alive:
            self._notes.differ(appended.place, expected=f"the end of {_named(alive)}", got=f"of {_named(ends)}")
        if begins is not None:
            self._begin(appended, begins, ends)

    def _begin(self, appended: Appended, begins: CodeId, ends: CodeId | None) -> None:
        self._notes.checked += 1
        self._alive[appended.key] = begins
        if begins == ends:
            self._notes.differ(appended.place, expected="a new code", got=f"{begins} once more")

    def finding(self) -> Finding:
        """Every issued code is counted."""
        return self._notes.finding()


def _named(code: CodeId | None) -> str:
    return "no code" if code is None else code


def _life(news: News) -> Life | None:
    match news:
        case RecoveryCodeIssued(replaces=ends, issued=issued):
            return ends, issued.code_id
        case RecoveryCodeRedeemed(code_id=ends, replacement=replacement):
            return ends, replacement.code_id
        case RecoveryCodeVoided(code_id=ends) | MfaReset(voided_code=ends):
            return ends, None
        case (
            AuthenticatorEnrolled()
            | AuthenticatorReplaced()
            | AuthenticatorRemoved()
            | RecoveryCodeRejected()
            | RecoveryLocked()
            | AccountClassified()
            | CommandRefused()
            | NothingChanged()
        ):
            return None
        case _:
            assert_never(news)
