"""Rule: a user's events are numbered 1..n without a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_cli.verify.findings import Notes

if TYPE_CHECKING:
    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding


class SequenceCheck:
    """Remembers the last number of each user of a partition."""

    def __init__(self) -> None:
        self._notes = Notes("sequences count 1..n for each user, without a gap", "events")
        self._last: dict[bytes, int] = {}

    def meet(self, appended: Appended) -> None:
        """The next number is one after the user's last."""
        expected = self._last.get(appended.key, 0) + 1
        self._notes.checked += 1
        if appended.event.sequence != expected:
            self._notes.differ(
                appended.place, expected=f"sequence {expected}", got=f"sequence {appended.event.sequence}"
            )
        self._last[appended.key] = appended.event.sequence

    def finding(self) -> Finding:
        """Every event is counted."""
        return self._notes.finding()
