"""The event history: every event as a row of its own, nothing folded."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from mfa_contracts.events import Event


class HistoryRow(msgspec.Struct, frozen=True, gc=False):
    """One event, in the order of the columns of ``event_history``; ``event`` is the whole record value as JSON text."""

    tenant_id: str
    user_id: str
    sequence: int
    event_id: UUID
    type: str
    at: datetime
    actor_issuer: str
    actor_subject: str
    actor_role: str
    actor_tenant: str
    actor_workload: str
    actor_txn: UUID
    command_id: UUID
    correlation_id: str
    log_partition: int
    log_offset: int
    event: str


def history_row(event: Event, partition: int, offset: int, value: bytes) -> HistoryRow:
    """The row of ``event``, which stands as ``value`` at this place of the log."""
    actor = event.data.actor
    return HistoryRow(
        tenant_id=event.tenantid,
        user_id=event.subject,
        sequence=event.sequence,
        event_id=event.id,
        type=event.type,
        at=event.time,
        actor_issuer=actor.issuer,
        actor_subject=actor.subject,
        actor_role=actor.role.value,
        actor_tenant=actor.tenant,
        actor_workload=actor.workload,
        actor_txn=actor.txn,
        command_id=event.causationid,
        correlation_id=event.correlationid,
        log_partition=partition,
        log_offset=offset,
        event=value.decode(),
    )
