"""When a command rightly leaves no event: a repeat, another command under a known id, too many, too old, or old news.

Judged from the events alone, not by the code that decides.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mfa_cli.verify.answers import RULE
from mfa_cli.verify.findings import Notes, Place
from mfa_contracts.commands import ClassifyAccountCommand
from mfa_contracts.events import AccountClassified
from mfa_contracts.ids import record_key
from mfa_contracts.topics import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mfa_cli.verify.answers import Silent
    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding
    from mfa_contracts.ids import CommandId

WINDOW_MAX: Final = 128
WINDOW_KEEP: Final = timedelta(hours=25)
COMMAND_AGE_MAX: Final = timedelta(hours=24)


class SilenceCheck:
    """Meets the events once more and strikes out the silent commands that they explain.

    Args:
        silent: the commands of one partition without an answer, in the order of their offsets.
        now: by when the last of them have been decided.
    """

    def __init__(self, silent: Sequence[Silent], now: datetime) -> None:
        self._notes = Notes(RULE, "commands")
        self._now = now
        self._due = deque(silent)
        self._decided: dict[bytes, dict[CommandId, datetime]] = {_key(each): {} for each in silent}
        self._told: dict[bytes, int] = {}

    def meet(self, appended: Appended) -> None:
        """Silent commands before this event's were decided by then; the events until here must explain them."""
        event = appended.event
        while self._due and self._due[0].asked.offset < event.data.source.offset:
            self._judge(self._due.popleft(), by=event.time)
        if appended.key in self._decided:
            self._decided[appended.key][event.causationid] = event.time
            if isinstance(event.data, AccountClassified):
                self._told[appended.key] = event.data.directory_version

    def finding(self) -> Finding:
        """Only differences: the commands were counted before."""
        while self._due:
            self._judge(self._due.popleft(), by=self._now)
        return self._notes.finding()

    def _judge(self, silent: Silent, by: datetime) -> None:
        key, asked = _key(silent), silent.asked
        known = self._decided[key]
        too_old = by - asked.at > COMMAND_AGE_MAX
        if too_old or silent.command.id in known or self._is_old_news(key, silent) or _is_one_too_many(known, by):
            return
        place = Place(COMMANDS, asked.partition, asked.offset)
        self._notes.differ(place, expected="events, a dead letter or a reason to have none", got="nothing")

    def _is_old_news(self, key: bytes, silent: Silent) -> bool:
        if not isinstance(silent.command, ClassifyAccountCommand) or key not in self._told:
            return False
        return silent.command.data.directory_version <= self._told[key]


def _is_one_too_many(known: Mapping[CommandId, datetime], by: datetime) -> bool:
    return sum(at >= by - WINDOW_KEEP for at in known.values()) >= WINDOW_MAX


def _key(silent: Silent) -> bytes:
    return record_key(silent.command.tenantid, silent.command.subject)
