"""What all projectors of one projection share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exactly_once import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from exactly_once.protocols import Consumer, Log
    from mfa_projections.projecting.observations import Observation
    from mfa_projections.projecting.ports import Database
    from mfa_projections.projecting.projections import Projection


def _limits() -> Limits:
    return Limits(transaction_records=1_000, transaction_bytes=2 * 1024 * 1024, transaction_seconds=30.0)


@dataclass(frozen=True, slots=True)
class Setting:
    """A projection and the ports it runs on.

    ``now`` gives seconds of a clock that nobody sets, ``spread`` draws from 0 … 1. ``look_seconds`` is how often the
    end of the log is looked at.
    """

    projection: Projection
    database: Database
    consumer: Consumer
    log: Log
    observe: Callable[[Observation], None]
    now: Callable[[], float]
    spread: Callable[[], float]
    limits: Limits = field(default_factory=_limits)
    look_seconds: float = 1.0

    @property
    def chase_seconds(self) -> float:
        """How often the end is looked at while it is not reached."""
        return self.look_seconds / 4
