"""An event together with where it stands in ``mfa.events``, and what a check over events looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mfa_cli.verify.findings import Place
from mfa_contracts.ids import record_key
from mfa_contracts.topics import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mfa_cli.verify.findings import Finding
    from mfa_contracts.events import Event


@dataclass(frozen=True, slots=True)
class Appended:
    """One event at its place; ``value`` are its bytes as they stand there."""

    partition: int
    offset: int
    event: Event
    value: bytes = b""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(EVENTS, self.partition, self.offset)

    @property
    def key(self) -> bytes:
        """The user that it is about, as a record key."""
        return record_key(self.event.tenantid, self.event.subject)


class EventCheck(Protocol):
    """A rule over the events of one partition, met in the order of their offsets."""

    def meet(self, appended: Appended) -> None:
        """Look at the next event."""

    def finding(self) -> Finding:
        """What was found once all were met."""


def checked(check: EventCheck, log: Iterable[Appended]) -> Finding:
    """What ``check`` finds in a whole partition."""
    for appended in log:
        check.meet(appended)
    return check.finding()
