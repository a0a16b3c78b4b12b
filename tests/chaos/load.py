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
    its number, ``ill_at`` when somebody had waited for more than a second; in seconds of the monotonic clock.
    """

    mfa: MfaClient
    sent: int = 0
    answered: list[Outcome] = field(default_factory=list)
    unknown: list[PreparedCommand] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    waiting: dict[int, float] = field(default_factory=dict)
    ill_at: float = float("-inf")

    async def go_on(self) -> None:
        """Begin with one more user every so often, for ever."""
        for number in range(1_000_000):
            task = asyncio.create_task(self._user(f"user-{number}"))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
            await asyncio.sleep(PAUSE_SECONDS)

    async def watch(self) -> None:
        """Take note of those who wait for more than a second, for ever."""
        while True:
            now = time.monotonic()
            if any(began < now - 1 for began in self.waiting.values()):
                self.ill_at = now
            await asyncio.sleep(0.05)

    def answered_since(self, moment: float) -> int:
        """How many commands that were sent after this moment are answered."""
        return sum(began > moment for began, _ in self.spans)

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
