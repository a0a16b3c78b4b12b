"""How a command ended, for the caller. All three are answers; none is an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypedDict, assert_never

from mfa_contracts import outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mfa_client.preparing import PreparedCommand
    from mfa_client.sealing import RecoveryCode
    from mfa_contracts.ids import CommandId, EventId
    from mfa_contracts.sealing import SealedCode
    from mfa_contracts.vocabulary import OutcomeCode


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """``sequence`` and ``mfa_version`` are where the user stands after it; ``event_ids`` are the facts that it left."""

    command_id: CommandId
    code: OutcomeCode
    message: str
    sequence: int | None
    mfa_version: int | None
    event_ids: Sequence[EventId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(_Answered):
    """It is so, or was so already. ``recovery_code`` is a newly issued code: show it once, keep it nowhere."""

    recovery_code: RecoveryCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(_Answered):
    """Understood and not done; ``retry_at`` (UTC) says when a try makes sense again."""

    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid(_Answered):
    """Not decided: what was sent is not a command of this service, or its token is not good for it."""


Outcome: TypeAlias = Done | Refused | Invalid


def result_of(prepared: PreparedCommand, message: outcomes.OutcomeMessage) -> Outcome:
    """The answer to a command, its recovery code opened.

    Raises:
        ForeignOutcomeError: a code that does not open with this command's key.
    """
    said = message.data
    match said:
        case outcomes.Accepted(sealed_code=sealed):
            return Done(**_common(prepared, said), recovery_code=_opened(prepared, sealed))
        case outcomes.Refused(retry_at=retry_at):
            return Refused(**_common(prepared, said), retry_at=retry_at)
        case outcomes.Invalid():
            return Invalid(**_common(prepared, said))
        case _:
            assert_never(said)


def _opened(prepared: PreparedCommand, sealed: SealedCode | None) -> RecoveryCode | None:
    if sealed is None:
        return None
    return prepared.reply.opened(sealed, prepared.tenant, prepared.user, prepared.command_id)


class _Common(TypedDict):
    command_id: CommandId
    code: OutcomeCode
    message: str
    sequence: int | None
    mfa_version: int | None
    event_ids: Sequence[EventId]


def _common(prepared: PreparedCommand, said: outcomes.Outcome) -> _Common:
    return {
        "command_id": prepared.command_id,
        "code": said.code,
        "message": said.message,
        "sequence": said.sequence,
        "mfa_version": said.mfa_version,
        "event_ids": said.event_ids,
    }
