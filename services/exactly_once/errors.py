"""What can go wrong while a partition is held.

ExactlyOnceError
├── BrokerError          the broker is gone, slow or refuses; nothing is wrong with the records
│   └── FencedError      another owner has taken the partition
├── StrangerError        the main log did not end where this lease had left it; look again
├── OutputRefusedError   an output can never be written as it is (too large …): the record's own fault
└── HaltedError          this partition must stop until an operator has looked
    └── LogIdentityError the topics are not the ones that the position was recorded for
"""

from __future__ import annotations

from typing import ClassVar


class ExactlyOnceError(Exception):
    """Something about a lease, a transaction or the logs under them."""

    code: ClassVar[str] = "exactly_once"


class BrokerError(ExactlyOnceError):
    """The broker cannot be reached, is too slow or refuses for a passing reason; back off and acquire anew."""

    code: ClassVar[str] = "broker"


class FencedError(BrokerError):
    """Another producer has the transactional id of this partition; what was in flight here is void."""

    code: ClassVar[str] = "fenced"


class StrangerError(ExactlyOnceError):
    """The main log did not end where this lease had left it: what stands between must be looked at before a commit."""

    code: ClassVar[str] = "stranger"


class OutputRefusedError(ExactlyOnceError):
    """An output will never be taken as it is, however often it is sent: the fault of the record it came from."""

    code: ClassVar[str] = "output_refused"


class HaltedError(ExactlyOnceError):
    """A partition must stop: an unreadable event, a broken sequence. Names the place; never skipped over.

    Args:
        partition: the partition that stops.
        offset: the offset that cannot be passed, in ``topic``.
        reason: what was expected, what came, what to do.
        topic: the log that the offset belongs to; empty means the input.
    """

    code: ClassVar[str] = "halted"

    def __init__(self, partition: int, offset: int, reason: str, topic: str = "") -> None:
        super().__init__(f"partition {partition} halted at offset {offset} of {topic or 'its input'}: {reason}")
        self.partition = partition
        self.offset = offset
        self.reason = reason
        self.topic = topic


class LogIdentityError(HaltedError):
    """The recorded position belongs to another log, or lies outside this one."""

    code: ClassVar[str] = "log_identity"
