"""What a service may want to log or count; one frozen value for each thing that happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from exactly_once.records import Offset, Partition


@dataclass(frozen=True, slots=True)
class BrokerLost:
    """The broker cannot be reached; said once, until ``BrokerBack``."""

    error: str


@dataclass(frozen=True, slots=True)
class BrokerBack:
    """The broker answers again after ``BrokerLost``."""


@dataclass(frozen=True, slots=True)
class LeaseReady:
    """A partition is held and its state loaded; ``replayed`` counts records folded from the main log."""

    partition: Partition
    next_input: Offset
    restored: int
    replayed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """Something failed: producer, overlay and state are thrown away; the next try is in ``retry_seconds``.

    Said once for each kind of failure, until a commit goes through.
    """

    partition: Partition
    code: str
    error: str
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class LeaseReleased:
    """The partition went to another member, or the worker stops."""

    partition: Partition


@dataclass(frozen=True, slots=True)
class LeaseHalted:
    """The partition stops until an operator has looked; the others go on."""

    partition: Partition
    topic: str
    offset: Offset
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """Waiting for somebody's open transaction in our output to end, since ``seconds``."""

    partition: Partition
    seconds: float


@dataclass(frozen=True, slots=True)
class InputGone:
    """After a rebuild the input's first kept offset lies behind the last decided one: cannot tell what was there."""

    partition: Partition
    expected: Offset
    first_kept: Offset


@dataclass(frozen=True, slots=True)
class BatchFailed:
    """Deciding, or writing what was decided, failed by the fault of a record; smaller batches find which.

    ``error`` is its kind and the line of the service's own code that it came through.
    """

    partition: Partition
    first: Offset
    records: int
    error: str


@dataclass(frozen=True, slots=True)
class RecordPoisoned:
    """A record failed twice, the second time alone, and was handed to ``poison``; ``error`` as in ``BatchFailed``."""

    partition: Partition
    offset: Offset
    error: str


@dataclass(frozen=True, slots=True)
class Committed:
    """One transaction; ``seconds`` from taking the records to the commit's answer."""

    partition: Partition
    records: int
    outputs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RecordsDropped:
    """Records came that were not this lease's next ones (a rebalance, a re-seek); they are fetched again."""

    partition: Partition
    records: int


@dataclass(frozen=True, slots=True)
class RouteFailed:
    """Handing records or an assignment over failed; a defect, said instead of raised (the host would swallow it)."""

    error: str


Observation: TypeAlias = (
    BrokerLost
    | BrokerBack
    | LeaseReady
    | LeaseLost
    | LeaseReleased
    | LeaseHalted
    | OpenTransaction
    | InputGone
    | BatchFailed
    | RecordPoisoned
    | Committed
    | RecordsDropped
    | RouteFailed
)
