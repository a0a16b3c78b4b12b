"""What a service's readiness and liveness are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exactly_once.records import Offset, Partition


@dataclass(frozen=True, slots=True)
class Waiting:
    """Backing off after a failure, or not assigned at the moment."""

    reason: str


@dataclass(frozen=True, slots=True)
class Acquiring:
    """Fencing the previous owner, then loading the state."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Held; ``next_input`` is the next input offset to decide."""

    next_input: Offset


@dataclass(frozen=True, slots=True)
class Halted:
    """Stopped until an operator has looked at this offset of this topic."""

    topic: str
    offset: Offset
    reason: str


Phase: TypeAlias = Waiting | Acquiring | Ready | Halted


@dataclass(frozen=True, slots=True)
class PartitionStatus:
    """One partition: ``idle_seconds`` since its last progress, or 0 when there is nothing to do.

    ``queued`` counts records taken from the consumer and not decided; ``lag`` counts offsets from
    the next one to the end of the input (``None`` until it was measured).
    """

    phase: Phase
    idle_seconds: float
    queued: int
    lag: int | None


@dataclass(frozen=True, slots=True)
class Status:
    """The worker as a whole. ``broker_error`` says why the broker could not be reached just now, if it could not."""

    assigned_once: bool
    draining: bool
    partitions: Mapping[Partition, PartitionStatus]
    broker_error: str | None = None

    @property
    def ready(self) -> bool:
        """Whether the broker answers and every partition that the group has given to this worker is held."""
        held = all(isinstance(p.phase, Ready) for p in self.partitions.values())
        return self.assigned_once and not self.draining and self.broker_error is None and held

    @property
    def halted(self) -> Mapping[Partition, Halted]:
        """The stopped partitions, with topic, offset and reason."""
        return {n: p.phase for n, p in self.partitions.items() if isinstance(p.phase, Halted)}

    def is_live(self, patience_seconds: float) -> bool:
        """Whether no partition with work to do has stood still for longer than this.

        A halted partition counts as live: a restart would not help it.
        """
        busy = (p for p in self.partitions.values() if not isinstance(p.phase, Halted))
        return all(p.idle_seconds <= patience_seconds for p in busy)
