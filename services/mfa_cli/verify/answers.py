"""Rule: every command that is still kept was answered: by its events, by a dead letter, or by an allowed silence.

Two passes. The first goes over events, then commands: each event's source must be that very command, and commands
without an event or a dead letter are left over. The second goes over the events again, only if some are left over, and
judges each by what its user's events say (see ``silence``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfa_cli.verify.findings import Notes, Place
from mfa_cli.verify.positions import NONE
from mfa_contracts.codec import decode_command
from mfa_contracts.errors import UnreadableMessageError
from mfa_contracts.tokens import digest_of
from mfa_contracts.topics import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.asked import Asked
    from mfa_cli.verify.findings import Finding
    from mfa_contracts.commands import Command

RULE = "every command kept has its events, a dead letter, or a reason to have none"


@dataclass(frozen=True, slots=True)
class Silent:
    """A command without an event and without a dead letter."""

    asked: Asked
    command: Command


class AnswerCheck:
    """Remembers which command each append of a partition names; then is shown the commands.

    Args:
        since: the first command offset that is still kept.
    """

    def __init__(self, since: int) -> None:
        self._notes = Notes(RULE, "commands")
        self._since = since
        self._gone = NONE
        self._digests: dict[int, str] = {}

    def meet(self, appended: Appended) -> None:
        """Note the command that the event names; one that is no longer kept is counted."""
        source = appended.event.data.source
        if source.offset >= self._since:
            self._digests[source.offset] = source.digest
        elif source.offset > self._gone:
            # The order of the events is that of their commands; see ``appends``.
            self._gone = source.offset
            self._notes.unchecked += 1

    def left_over(self, commands: Iterable[Asked], dead: AbstractSet[int]) -> Sequence[Silent]:
        """The commands that seem to have no answer. ``dead`` holds the offsets that dead letters name."""
        return [silent for asked in commands if (silent := self._look(asked, dead)) is not None]

    def _look(self, asked: Asked, dead: AbstractSet[int]) -> Silent | None:
        self._notes.checked += 1
        answered, is_dead = self._digests.pop(asked.offset, None), asked.offset in dead
        if answered is None:
            return None if is_dead else self._silent(asked)
        if is_dead:
            self._differ(asked, expected="events or a dead letter", got="both")
        if answered != digest_of(asked.value):
            got = f"events of a command of SHA-256 {answered[:12]}…"
            self._differ(asked, expected=f"of its own, {digest_of(asked.value)[:12]}…", got=got)
        return None

    def _silent(self, asked: Asked) -> Silent | None:
        try:
            return Silent(asked, decode_command(asked.value))
        except UnreadableMessageError:
            self._differ(asked, expected="a dead letter for an unreadable command", got="none")
            return None

    def finding(self) -> Finding:
        """Every command kept is counted. Events that name a command that was never there are told too."""
        for offset in sorted(self._digests):
            self._notes.differ(f"{COMMANDS}@{offset}", expected="a command, since events name it", got="none")
        self._digests.clear()
        return self._notes.finding()

    def _differ(self, asked: Asked, *, expected: str, got: str) -> None:
        self._notes.differ(Place(COMMANDS, asked.partition, asked.offset), expected=expected, got=got)
