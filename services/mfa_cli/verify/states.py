"""Rule: ``mfa.state`` is what the events fold to, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_cli.verify.findings import Notes, Place
from mfa_commands.domain.evolve import evolve
from mfa_commands.domain.packed import pack, unpack
from mfa_commands.domain.state import INITIAL
from mfa_contracts.topics import STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mfa_cli.verify.appended import Appended
    from mfa_cli.verify.findings import Finding
    from mfa_contracts.events import Event

    PackedFold = Callable[[bytes | None, Event], bytes]
    """The packed state after an event, from the packed one before it (None: nobody yet)."""


def folded(packed: bytes | None, event: Event) -> bytes:
    """The command service's own fold."""
    return pack(evolve(INITIAL if packed is None else unpack(packed), event))


class StateCheck:
    """Folds the users of one partition and keeps them packed, as a worker does.

    Args:
        partition: whose users.
        stored: the newest record value of each user in ``mfa.state``, by record key.
        until: the last event offset that these records know of; later events are not folded.
        fold: how a packed state goes on.
    """

    def __init__(self, partition: int, stored: Mapping[bytes, bytes], until: int, fold: PackedFold) -> None:
        self._notes = Notes("mfa.state is the fold of the events, byte for byte", "users")
        self._partition = partition
        self._stored, self._until, self._fold = stored, until, fold
        self._folded: dict[bytes, bytes] = {}

    def meet(self, appended: Appended) -> None:
        """Go on from the user's state so far."""
        if appended.offset <= self._until:
            self._folded[appended.key] = self._fold(self._folded.get(appended.key), appended.event)

    def finding(self) -> Finding:
        """Every user of either side is counted."""
        for key in sorted(self._folded.keys() | self._stored.keys()):
            self._notes.checked += 1
            folded, stored = self._folded.get(key), self._stored.get(key)
            if folded != stored:
                self._notes.differ(self._place(key), expected=_told(folded), got=_told(stored))
        return self._notes.finding()

    def _place(self, key: bytes) -> str:
        return f"{Place(STATE, self._partition, self._until)} {key.decode()}"


def _told(packed: bytes | None) -> str:
    return "no state" if packed is None else f"{len(packed)} bytes {packed.hex()[:64]}…"
