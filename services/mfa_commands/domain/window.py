"""Rule 0, the window of known commands: what a command that is not decided anew gets.

A repeat of the same bytes gets the same outcome and leaves no event; the sealed code is not kept. What is not recorded
at all: other bytes under a known id, a full window, a command that is too old.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_commands.domain.decision import Answered
from mfa_commands.domain.facts import WINDOW_KEPT
from mfa_commands.domain.state import CODES, Remembered
from mfa_contracts.events import RecoveryCodeIssued, RecoveryCodeRedeemed
from mfa_contracts.outcomes import code_of
from mfa_contracts.vocabulary import OutcomeCode

if TYPE_CHECKING:
    from datetime import datetime

    from mfa_commands.domain.facts import Facts
    from mfa_commands.domain.state import UserMfa
    from mfa_contracts.commands import Command
    from mfa_contracts.events import Event

_NUMBERS = {code: number for number, code in enumerate(CODES)}


def undecided(command: Command, state: UserMfa, facts: Facts) -> Answered | None:
    """The answer to a command that is not to be decided (again), or None."""
    remembered = _find(command.id.bytes, state.window)
    if remembered is not None:
        return _repeated(remembered, state, facts)
    if _is_full(state.window, facts):
        return unrecorded(OutcomeCode.TOO_MANY_REQUESTS, state)
    if facts.now - facts.appended_at > facts.policy.command_max_age:
        return unrecorded(OutcomeCode.EXPIRED, state)
    return None


def unrecorded(code: OutcomeCode, state: UserMfa) -> Answered:
    """An answer that leaves no event: the state stands as it did."""
    return Answered(code, state.sequence, state.mfa_version)


def remembering(window: tuple[Remembered, ...], event: Event) -> tuple[Remembered, ...]:
    """The window after ``event``: its command is new in it, or one more fact of the last one."""
    if window and window[-1].id == event.causationid.bytes:
        return (*window[:-1], _longer(window[-1], event))
    return (*_young(window, event.time - WINDOW_KEPT), _first(event))


def _find(command_id: bytes, window: tuple[Remembered, ...]) -> Remembered | None:
    # The newest first: a repeat mostly follows its first one closely.
    return next((remembered for remembered in reversed(window) if remembered.id == command_id), None)


def _repeated(remembered: Remembered, state: UserMfa, facts: Facts) -> Answered:
    if remembered.digest.hex() != facts.source.digest:
        return unrecorded(OutcomeCode.COMMAND_ID_REUSED, state)
    return Answered(
        OutcomeCode.CODE_ALREADY_SENT if remembered.issued else remembered.code,
        remembered.sequence,
        remembered.mfa_version,
        remembered.events,
        remembered.retry_at,
    )


def _is_full(window: tuple[Remembered, ...], facts: Facts) -> bool:
    full = facts.policy.window_max
    return len(window) >= full and len(_young(window, facts.now - WINDOW_KEPT)) >= full


def _young(window: tuple[Remembered, ...], since: datetime) -> tuple[Remembered, ...]:
    if not window or window[0].at >= since:
        return window
    return tuple(remembered for remembered in window if remembered.at >= since)


def _first(event: Event) -> Remembered:
    code, retry_at = code_of((event.data,))
    return Remembered(
        id=event.causationid.bytes,
        digest=bytes.fromhex(event.data.source.digest),
        at=event.time,
        code_number=_NUMBERS[code],
        events=1,
        sequence=event.sequence,
        mfa_version=event.data.mfa_version,
        retry_at=retry_at,
        issued=_issues(event),
    )


def _longer(remembered: Remembered, event: Event) -> Remembered:
    # As in code_of over all facts of the append: the first that is not simply done gives the code.
    said = remembered.code is not OutcomeCode.OK
    code, retry_at = (remembered.code, remembered.retry_at) if said else code_of((event.data,))
    return Remembered(
        id=remembered.id,
        digest=remembered.digest,
        at=remembered.at,
        code_number=_NUMBERS[code],
        events=remembered.events + 1,
        sequence=event.sequence,
        mfa_version=event.data.mfa_version,
        retry_at=retry_at,
        issued=remembered.issued or _issues(event),
    )


def _issues(event: Event) -> bool:
    return isinstance(event.data, RecoveryCodeIssued | RecoveryCodeRedeemed)
