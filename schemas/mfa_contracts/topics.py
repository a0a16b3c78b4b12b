"""The one catalogue of topics: names, what is kept, who writes.

Every topic has the same number of partitions, so that a user's commands, facts, state and
outcomes share a partition number. Whoever makes topics (the embedded default, the tests, an
operator's YAML) reads this file and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Final = "mfa.commands"
EVENTS: Final = "mfa.events"
STATE: Final = "mfa.state"
OUTCOMES: Final = "mfa.outcomes"
DEADLETTERS: Final = "mfa.deadletters"
AUDIT: Final = "mfa.audit"
AUDIT_STATE: Final = "mfa.audit.state"
NOTICES: Final = "mfa.notices"

EMBEDDED_PARTITIONS: Final = 12
SUGGESTED_PARTITIONS: Final = 48

COMMAND_BYTES_MAX: Final = 64 * 1024
"""The largest command that is decided, in bytes of its record value."""

RECORD_BYTES_MAX: Final = 2 * 1024 * 1024
"""What the commands topic takes: far more than is decided, so that a large command gets an answer."""

_HOUR_MS: Final = 60 * 60 * 1000
_DAY_MS: Final = 24 * _HOUR_MS
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: ``config`` holds Kafka's own topic settings, as strings."""

    name: str
    written_by: str
    config: Mapping[str, str]


def catalogue() -> tuple[Topic, ...]:
    """All topics, in the order of the way of the data."""
    return (
        Topic(COMMANDS, "clients", _commands()),
        Topic(EVENTS, "mfa_commands", _kept_for_ever()),
        Topic(STATE, "mfa_commands", _compacted()),
        Topic(OUTCOMES, "mfa_commands", _kept_for(_HOUR_MS, segment_ms=10 * 60 * 1000)),
        Topic(DEADLETTERS, "mfa_commands", _kept_for(30 * _DAY_MS)),
        Topic(AUDIT, "mfa_projections", _kept_for_ever()),
        Topic(AUDIT_STATE, "mfa_projections", _compacted()),
        Topic(NOTICES, "mfa_projections", _kept_for(7 * _DAY_MS)),
    )


def replication(*, embedded: bool) -> int:
    """Copies of each record: 3, and 1 only where a single embedded broker says so."""
    return 1 if embedded else 3


def in_sync(*, embedded: bool) -> int:
    """How many copies must be written before an append counts (``min.insync.replicas``)."""
    return 1 if embedded else 2


def _commands() -> Mapping[str, str]:
    # The broker's append time is what a token's expiry is judged against: a producer's own clock proves nothing.
    own = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(RECORD_BYTES_MAX)}
    return {**_kept_for(7 * _DAY_MS), **own}


def _kept_for_ever() -> Mapping[str, str]:
    return {**_always(), "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}


def _kept_for(retention_ms: int, *, segment_ms: int = _DAY_MS) -> Mapping[str, str]:
    kept = {"cleanup.policy": "delete", "retention.ms": str(retention_ms), "segment.ms": str(segment_ms)}
    return {**_always(), **kept}


def _compacted() -> Mapping[str, str]:
    # Small segments and a low dirty ratio: taking over a partition then costs its users, not its history.
    small = {"segment.bytes": str(16 * _MIB), "min.cleanable.dirty.ratio": "0.1", "segment.ms": str(10 * 60 * 1000)}
    return {**_always(), "cleanup.policy": "compact", **small}


def _always() -> Mapping[str, str]:
    return {"unclean.leader.election.enable": "false"}
