"""Logs as JSON lines with only those keys that can tell nothing about a person; the numbers go to the metrics."""

from __future__ import annotations

import dataclasses
import logging
import sys
from typing import TYPE_CHECKING, Final

import structlog

from exactly_once import observations as seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

_WORDS: Final = (
    "event level timestamp partition offset next_input topic code reason error seconds retry_seconds"
    " records restored replayed first expected first_kept address"
)
ALLOWED: Final = frozenset(_WORDS.split())
"""The keys that may be logged; any other is left out."""

_ROUTINE: Final = (seen.Committed, seen.RecordsDropped)
_BAD: Final = (seen.LeaseHalted, seen.RouteFailed, seen.RecordPoisoned, seen.InputGone)
_GOOD: Final = (seen.LeaseReady, seen.LeaseReleased, seen.BrokerBack)


def start_logging() -> FilteringBoundLogger:
    """Write to stderr. The client libraries' own lines say at every try what is said here once."""
    for library in ("aiokafka", "faststream"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    log: FilteringBoundLogger = structlog.get_logger()
    return log


def observer(log: FilteringBoundLogger) -> Callable[[seen.Observation], None]:
    """Logs what the leases observe, unless it is routine."""

    def observe(observation: seen.Observation) -> None:
        if not isinstance(observation, _ROUTINE):
            fields = {field.name: getattr(observation, field.name) for field in dataclasses.fields(observation)}
            log.log(_level(observation), type(observation).__name__, **fields)

    return observe


def _level(observation: seen.Observation) -> int:
    if isinstance(observation, _BAD):
        return logging.ERROR
    return logging.INFO if isinstance(observation, _GOOD) else logging.WARNING


def _only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key in ALLOWED}
