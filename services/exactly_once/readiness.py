"""Why a service is not live or not ready, in words for an operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactly_once.status import Status


def why_not_live(status: Status, patience_seconds: float) -> list[str]:
    """Give the reasons why a restart might help; none when it would not."""
    if status.is_live(patience_seconds):
        return []
    return [f"a partition with work has not moved for {patience_seconds:g} s"]


def why_not_ready(status: Status) -> list[str]:
    """Give what is missing until every partition of this worker is dealt with; nothing when all is well."""
    if status.draining:
        return ["stopping"]
    if status.broker_error is not None:
        return [f"the broker cannot be used: {status.broker_error}"]
    if not status.assigned_once:
        return ["the group has not given out its partitions yet"]
    halted = [f"{n} halted at offset {h.offset} of {h.topic}: {h.reason}" for n, h in status.halted.items()]
    if halted or status.ready:
        return halted
    return ["not every partition is held yet"]
