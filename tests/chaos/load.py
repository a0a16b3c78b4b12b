"""A steady load: ever new users enrol and redeem their code; what came back is remembered."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mfa_client import ClientError, Done, OutcomeUnknownError, UserActor
from mfa_contracts.vocabulary import AccountKind, Method

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from mfa_client import MfaClient, Outcome, PreparedCommand

TENANT: Final = "chaos"
PAUSE_SECONDS: Final = 0.08


@dataclass
class Load:
    """``spans`` are when each answered command was sent and answered, ``waiting`` since when each other one waits, by
    its number; in seconds of the monotonic clock.
    """

    mfa: MfaClient
    sent: int = 0
    answered: list[Outcome] = field(default_factory=list)
    unknown: list[PreparedCommand] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    waiting: dict[int, float] = field(default_factory=dict)

    async def go_on(self) -> None:
        """Begin with one more user every so often, for ever."""
        for number in range(1_000_000):
            task = asyncio.create_task(self._user(f"user-{number}"))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
            await asyncio.sleep(PAUSE_SECONDS)

    def is_steady(self) -> bool:
        """Nothing but the last second's commands waits for an answer."""
        return all(began > time.monotonic() - 1 for began in self.waiting.values())

    def answered_since(self, moment: float) -> list[float]:
        """For how long each command waited that was sent after this moment."""
        return [done - began for began, done in self.spans if began > moment]

    async def _user(self, user: str) -> None:
        now = datetime.now(UTC)
        actor = UserActor(TENANT, user, "login", now, account_kind=AccountKind.END_USER, directory_version=1)
        enrolled = await self._one(self.mfa.enroll(TENANT, user, actor=actor, method=Method.PUSH))
        if isinstance(enrolled, Done) and enrolled.recovery_code is not None:
            code = enrolled.recovery_code.symbols
            await self._one(self.mfa.redeem_recovery_code(TENANT, user, code, actor=actor))

    async def _one(self, command: Coroutine[None, None, Outcome]) -> Outcome | None:
        self.sent += 1
        number, began = self.sent, time.monotonic()
        self.waiting[number] = began
        try:
            outcome = await command
        except OutcomeUnknownError as error:
            self.unknown.append(error.prepared)
        except ClientError as error:
            self.failed.append(str(error))
        else:
            self.answered.append(outcome)
            self.spans.append((began, time.monotonic()))
            return outcome
        finally:
            del self.waiting[number]
        return None
