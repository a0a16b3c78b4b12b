"""The keys that this service's logs may have: those that can tell nothing about a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exactly_once.adapters import json_logs

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from exactly_once import Observation

_WORDS: Final = (
    "event level timestamp partition offset next_input topic code reason error seconds retry_seconds"
    " records restored replayed first expected first_kept address"
)
ALLOWED: Final = frozenset(_WORDS.split())
"""The keys that may be logged; any other is left out."""


def start_logging() -> FilteringBoundLogger:
    """JSON lines on stderr."""
    return json_logs.start_logging(ALLOWED)


def observer(log: FilteringBoundLogger) -> Callable[[Observation], None]:
    """Logs what the leases observe, unless it is routine."""
    return json_logs.observer(log, json_logs.Weights())
