"""What a service may want to log or count; one frozen value for each thing that happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from exactly_once import Offset, Partition
    from exactly_once.observations import BrokerBack, BrokerLost, RouteFailed


@dataclass(frozen=True, slots=True)
class DatabaseLost:
    """The database cannot be used; said once, until ``DatabaseBack``."""

    error: str


@dataclass(frozen=True, slots=True)
class DatabaseBack:
    """The database answers again after ``DatabaseLost``."""


@dataclass(frozen=True, slots=True)
class ProjectorReady:
    """A partition goes on from the database's offset."""

    partition: Partition
    next_offset: Offset


@dataclass(frozen=True, slots=True)
class ProjectorLost:
    """Something failed, nothing of the batch was kept; the next try begins from the database's offset."""

    partition: Partition
    code: str
    error: str
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class ProjectorHalted:
    """The partition stops until an operator has looked; the others go on."""

    partition: Partition
    offset: Offset
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Projected:
    """One transaction: ``repeated`` records stood twice in the log and were dropped. More than 0 is worth a look."""

    partition: Partition
    records: int
    repeated: int
    seconds: float


Observation: TypeAlias = (
    "DatabaseLost | DatabaseBack | ProjectorReady | ProjectorLost | ProjectorHalted | Projected"
    " | BrokerLost | BrokerBack | RouteFailed"
)
