"""Consume a topic, decide on a state for each partition, append elsewhere: each record exactly once.

``Leases`` holds one ``Lease`` for each partition that the consumer group gives to this worker;
``exactly_once.adapters`` puts them on aiokafka and FastStream.
"""

from exactly_once.application import Application, Batch, Spec
from exactly_once.errors import (
    BrokerError,
    ExactlyOnceError,
    FencedError,
    HaltedError,
    LogIdentityError,
    OutputRefusedError,
)
from exactly_once.leases import Leases
from exactly_once.limits import Limits
from exactly_once.observations import Observation
from exactly_once.position import LogIdentity, Position
from exactly_once.records import Offset, Output, Partition, Record
from exactly_once.setting import Setting
from exactly_once.status import Status

__all__ = [
    "Application",
    "Batch",
    "BrokerError",
    "ExactlyOnceError",
    "FencedError",
    "HaltedError",
    "Leases",
    "Limits",
    "LogIdentity",
    "LogIdentityError",
    "Observation",
    "Offset",
    "Output",
    "OutputRefusedError",
    "Partition",
    "Position",
    "Record",
    "Setting",
    "Spec",
    "Status",
]
