"""The keys that this service's logs may have: those that can tell nothing about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exactly_once.adapters import json_logs
from mfa_projections.projecting import observations as projectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

_WORDS: Final = (
    "event level timestamp part partition offset next_offset next_input topic code reason error seconds retry_seconds"
    " records repeated restored replayed first expected first_kept address"
)
ALLOWED: Final = frozenset(_WORDS.split())
"""The keys that may be logged; any other is left out."""

_OF_LEASES: Final = json_logs.Weights()
_WEIGHTS: Final = json_logs.Weights(
    routine=(*_OF_LEASES.routine, projectors.Projected),
    bad=(*_OF_LEASES.bad, projectors.ProjectorHalted),
    good=(*_OF_LEASES.good, projectors.ProjectorReady, projectors.DatabaseBack),
)


def start_logging() -> FilteringBoundLogger:
    """JSON lines on stderr."""
    return json_logs.start_logging(ALLOWED)


def observer(log: FilteringBoundLogger, part: str) -> Callable[[object], None]:
    """Logs what a part of the service observes, unless it is routine."""
    return json_logs.observer(log, _WEIGHTS, part=part)
