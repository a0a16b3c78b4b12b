"""Logs as JSON lines with only those keys that a service allows; the numbers go to its metrics."""

from __future__ import annotations

import dataclasses
import logging
import sys
from typing import TYPE_CHECKING

import structlog

from exactly_once import observations as seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger


@dataclasses.dataclass(frozen=True, slots=True)
class Weights:
    """Which kinds of observations are not said, are errors, are good news; all others are warnings."""

    routine: tuple[type, ...] = (seen.Committed, seen.RecordsDropped)
    bad: tuple[type, ...] = (seen.LeaseHalted, seen.RouteFailed, seen.RecordPoisoned, seen.InputGone)
    good: tuple[type, ...] = (seen.LeaseReady, seen.LeaseReleased, seen.BrokerBack)

    def level(self, observation: object) -> int:
        """Give the level of an observation, as in ``logging``."""
        if isinstance(observation, self.bad):
            return logging.ERROR
        return logging.INFO if isinstance(observation, self.good) else logging.WARNING


def start_logging(allowed: frozenset[str]) -> FilteringBoundLogger:
    """Write to stderr, with only these keys.

    The client libraries' own lines say at every try what is said here once.
    """

    def only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {key: value for key, value in event.items() if key in allowed}

    for library in ("aiokafka", "faststream"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    log: FilteringBoundLogger = structlog.get_logger()
    return log


def observer(log: FilteringBoundLogger, weights: Weights, **said: str) -> Callable[[object], None]:
    """Log what is observed, with what is ``said`` each time, unless it is routine. Observations are dataclasses."""

    def observe(observation: object) -> None:
        if not isinstance(observation, weights.routine):
            log.log(weights.level(observation), type(observation).__name__, **said, **_fields(observation))

    return observe


def _fields(observation: object) -> dict[str, object]:
    fields = dataclasses.fields(observation)  # type: ignore[arg-type]  # all observations are dataclasses
    return {field.name: getattr(observation, field.name) for field in fields}
