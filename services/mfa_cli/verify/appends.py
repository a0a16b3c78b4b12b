"""Rule: what a command left is one contiguous append, once.

Constant memory: events stand in the order of their commands, so the source offset only grows from append to append. A
command decided twice, or an append torn apart, breaks that order or the derived event ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_cli.verify.findings import Notes
from mfa_contracts.ids import event_id

if TYPE_CHECKING:
    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding
    from mfa_contracts.events import Event


class AppendCheck:
    """Remembers the append that it is in the middle of."""

    def __init__(self) -> None:
        self._notes = Notes("each command left one contiguous append, once", "commands")
        self._first: Event | None = None
        self._length = 0

    def meet(self, appended: Appended) -> None:
        """The event goes on with the append or begins the next one; its id says which it must be."""
        if self._first is None or appended.event.causationid != self._first.causationid:
            self._begin(appended)
        else:
            self._go_on(appended, self._first)
        self._length += 1
        self._expect_id(appended)

    def _begin(self, appended: Appended) -> None:
        self._notes.checked += 1
        before, self._first, self._length = self._first, appended.event, 0
        source = appended.event.data.source
        if source.partition != appended.partition:
            self._notes.differ(
                appended.place, expected=f"a command of partition {appended.partition}", got=source.partition
            )
        if before is not None and source.offset <= before.data.source.offset:
            expected = f"a command after offset {before.data.source.offset}"
            self._notes.differ(appended.place, expected=expected, got=f"the command at offset {source.offset}")

    def _go_on(self, appended: Appended, first: Event) -> None:
        shared, got = _shared(first), _shared(appended.event)
        if got != shared:
            self._notes.differ(appended.place, expected=f"as its append: {shared}", got=got)

    def _expect_id(self, appended: Appended) -> None:
        expected = event_id(appended.event.causationid, self._length - 1)
        if appended.event.id != expected:
            told = f"{expected} (event {self._length - 1} of its command)"
            self._notes.differ(appended.place, expected=told, got=appended.event.id)

    def finding(self) -> Finding:
        """Every append is counted."""
        return self._notes.finding()


def _shared(event: Event) -> tuple[str, str, int, str, int, int]:
    """What all events of one append have in common."""
    data = event.data
    versions = (data.mfa_version_before, data.mfa_version)
    return (event.tenantid, event.subject, data.source.offset, data.source.digest[:12], *versions)
