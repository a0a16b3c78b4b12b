"""The bounds of a lease: how much, how long, how often."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """All times in seconds of the running loop's clock.

    ``transaction_seconds`` bounds a transaction from begin to commit; it must stay below the
    producer's transaction timeout, so that the broker does not abort what is still being written.
    ``revoke_seconds`` must stay below the group's rebalance timeout. ``watch_seconds`` is how often
    the broker is asked for the ends of the input, ``patience_seconds`` how long its answer may take.
    """

    transaction_records: int = 500
    transaction_bytes: int = 1024 * 1024
    transaction_seconds: float = 10.0
    queue_records: int = 2_000
    queue_bytes: int = 8 * 1024 * 1024
    acquire_seconds: float = 30.0
    stable_poll_seconds: float = 0.02
    stable_warning_seconds: float = 2.0
    backoff_first_seconds: float = 0.1
    backoff_fenced_seconds: float = 1.0
    backoff_most_seconds: float = 10.0
    revoke_seconds: float = 12.0
    watch_seconds: float = 2.0
    patience_seconds: float = 5.0
    snapshot_records: int = 2_000
