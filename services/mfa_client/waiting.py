"""Who waits for which answer; and answers that came too late for whoever had asked, for when they ask again."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mfa_client.errors import BadCommandError
from mfa_contracts.outcomes import outcome_id
from mfa_contracts.tokens import TOKEN_LIFE_MAX_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_client.preparing import PreparedCommand
    from mfa_contracts.ids import EventId
    from mfa_contracts.outcomes import OutcomeMessage

KEPT_SECONDS: Final = float(TOKEN_LIFE_MAX_SECONDS)
"""For so long the same bytes can be sent again."""

KEPT_MOST: Final = 10_000


@dataclass(slots=True)
class Waiting:
    """An answer that is waited for, to the command with these bytes."""

    value: bytes
    answer_id: EventId
    future: asyncio.Future[OutcomeMessage] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    askers: int = 0


class WaitingRoom:
    """A seat for each command that is under way, or was until lately."""

    def __init__(self) -> None:
        self._seats: dict[bytes, Waiting] = {}
        self._left_at: dict[bytes, float] = {}

    @contextmanager
    def seat(self, prepared: PreparedCommand) -> Iterator[Waiting]:
        """Wait here for a command's answer.

        Raises:
            BadCommandError: another command under the same id is under way.
        """
        self._clear()
        key = str(prepared.command_id).encode()
        waiting = self._seats.setdefault(key, Waiting(prepared.value, outcome_id(prepared.command_id, prepared.key)))
        if waiting.value != prepared.value:
            raise BadCommandError("expected a command_id of its own, got that of another command under way")
        self._left_at.pop(key, None)
        waiting.askers += 1
        try:
            yield waiting
        finally:
            self._leave(key, waiting)

    def of(self, key: bytes) -> Waiting | None:
        """Whoever waits for the answer under this record key."""
        return self._seats.get(key)

    def close(self) -> None:
        """Let nobody wait any longer."""
        for waiting in self._seats.values():
            waiting.future.cancel()

    def _leave(self, key: bytes, waiting: Waiting) -> None:
        waiting.askers -= 1
        if waiting.askers:
            return
        if waiting.future.done():
            del self._seats[key]
        else:
            self._left_at[key] = asyncio.get_running_loop().time()

    def _clear(self) -> None:
        """Give away the seats that were left long ago, and the oldest if there are too many."""
        before = asyncio.get_running_loop().time() - KEPT_SECONDS
        while self._left_at:
            key = next(iter(self._left_at))
            if self._left_at[key] >= before and len(self._left_at) <= KEPT_MOST:
                return
            del self._left_at[key], self._seats[key]
