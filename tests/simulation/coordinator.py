"""The group's coordinator: eager rebalances, sessions that run out, members that do not know it yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from exactly_once.records import Partition

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.network import Network
    from simulation.processes import Process
    from simulation.trace import Trace

SESSION_SECONDS: Final = 2.0
REBALANCE_SECONDS: Final = 3.0
BEAT_SECONDS: Final = 0.5


@dataclass(eq=False)
class Seat:
    """One member. Its heartbeats are taken for granted while its process runs."""

    process: Process
    tell: Callable[[], None]
    heard_at: float
    give: Callable[[list[Partition]], None] | None = None


@dataclass
class Coordinator:
    """All partitions are taken from all members at each rebalance, and dealt out when all have come back."""

    network: Network
    trace: Trace
    partitions: int
    seats: dict[str, Seat] = field(default_factory=dict)
    strangers: list[tuple[Process, Callable[[], None]]] = field(default_factory=list)
    _due_at: float | None = None

    def join(self, process: Process, tell: Callable[[], None], give: Callable[[list[Partition]], None]) -> None:
        """Take in a member that has given up its partitions; ``give`` is called when the rebalance ends."""
        known = process.name in self.seats
        self.seats[process.name] = Seat(process, tell, _now(), give)
        if self._due_at is None:
            self._begin(f"{process.name} {'comes back' if known else 'joins'}")
        self._end_if_all_have_come()

    def leave(self, process: Process) -> None:
        """Let a member go that says so."""
        if self.seats.pop(process.name, None) is not None:
            self._begin(f"{process.name} leaves")
            self._end_if_all_have_come()

    async def keep_time(self) -> None:
        """Expel who has not been heard of, end rebalances that take too long; until cancelled."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self._listen()
            if self._due_at is not None and _now() >= self._due_at:
                self._expel([name for name, seat in self.seats.items() if seat.give is None])
                self._deal()

    def _listen(self) -> None:
        for seat in self.seats.values():
            if seat.process.runs:
                seat.heard_at = _now()
        silent = [name for name, seat in self.seats.items() if _now() - seat.heard_at > SESSION_SECONDS]
        if silent:
            self._expel(silent)
            self._begin(f"{', '.join(silent)} not heard of")
            self._end_if_all_have_come()
        awake = [stranger for stranger in self.strangers if stranger[0].runs]
        self.strangers = [s for s in self.strangers if not s[0].runs and not s[0].dead]
        for _, tell in awake:
            self.network.later(BEAT_SECONDS + self.network.delay(), tell)

    def _expel(self, names: list[str]) -> None:
        for name in names:
            seat = self.seats.pop(name)
            # It finds out at its next heartbeat, if it ever sends one.
            self.strangers.append((seat.process, seat.tell))

    def _begin(self, why: str) -> None:
        if not self.seats:
            self._due_at = None
            return
        self.trace.note("group", f"rebalance: {why}")
        self._due_at = _now() + REBALANCE_SECONDS
        for seat in self.seats.values():
            if seat.give is None:
                self.network.later(BEAT_SECONDS * self.network.delay() * 10, seat.tell)

    def _end_if_all_have_come(self) -> None:
        if self._due_at is not None and self.seats and all(seat.give is not None for seat in self.seats.values()):
            self._deal()

    def _deal(self) -> None:
        self._due_at = None
        for at, (name, seat) in enumerate(sorted(self.seats.items())):
            share = [Partition(p) for p in range(self.partitions) if p % len(self.seats) == at]
            self.trace.note("group", f"{name} is given {share}")
            if seat.give is not None:
                seat.give(share)
            seat.give = None


def _now() -> float:
    return asyncio.get_running_loop().time()
