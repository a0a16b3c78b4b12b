"""Logs as JSON lines with only those keys that can tell nothing about a person; the numbers go to the metrics."""

from __future__ import annotations

import dataclasses
import logging
import sys
from typing import TYPE_CHECKING, Final

import structlog

from exactly_once import observations as leases
from mfa_projections.projecting import observations as projectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

_WORDS: Final = (
    "event level timestamp part partition offset next_offset next_input topic code reason error seconds retry_seconds"
    " records repeated restored replayed first expected first_kept address"
)
ALLOWED: Final = frozenset(_WORDS.split())
"""The keys that may be logged; any other is left out."""

_ROUTINE: Final = (leases.Committed, leases.RecordsDropped, projectors.Projected)
_BAD: Final = (
    leases.LeaseHalted,
    leases.RouteFailed,
    leases.RecordPoisoned,
    leases.InputGone,
    projectors.ProjectorHalted,
)
_GOOD: Final = (
    leases.LeaseReady,
    leases.LeaseReleased,
    leases.BrokerBack,
    projectors.ProjectorReady,
    projectors.DatabaseBack,
)


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


def observer(log: FilteringBoundLogger, part: str) -> Callable[[object], None]:
    """Logs what a part of the service observes, unless it is routine."""

    def observe(observation: object) -> None:
        if isinstance(observation, _ROUTINE):
            return
        level = _level(observation)
        log.log(level, type(observation).__name__, part=part, **_fields(observation))

    return observe


def _level(observation: object) -> int:
    if isinstance(observation, _BAD):
        return logging.ERROR
    return logging.INFO if isinstance(observation, _GOOD) else logging.WARNING


def _fields(observation: object) -> dict[str, object]:
    fields = dataclasses.fields(observation)  # type: ignore[arg-type]  # all observations are dataclasses
    return {field.name: getattr(observation, field.name) for field in fields}


def _only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key in ALLOWED}
