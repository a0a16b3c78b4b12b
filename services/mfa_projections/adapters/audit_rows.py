"""Audit records to the columns of ``audit_record``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mfa_contracts.codec import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_contracts.model import Frozen
    from mfa_projections.projecting.ports import AuditRow


def columns(rows: Sequence[AuditRow]) -> list[list[object]]:
    """The records as columns in the order of ``audit_append``; none without records."""
    return [list(column) for column in zip(*map(_row, rows), strict=True)]


def _row(row: AuditRow) -> tuple[object, ...]:
    message, partition, offset = row
    data = message.data
    actor, source, told = data.actor, data.source, data.recorded_from
    return (
        message.id,
        message.tenantid,
        message.subject,
        message.sequence,
        data.at,
        data.kind,
        data.verdict.value,
        data.code.value,
        actor.issuer,
        actor.subject,
        actor.role.value,
        actor.tenant,
        actor.workload,
        actor.txn,
        _json(data.approver),
        None if data.target.kind is None else data.target.kind.value,
        data.target.protected,
        data.reason,
        data.ticket,
        msgspec.json.encode([gone.model_dump(mode="json") for gone in data.removed]).decode(),
        data.enrollment_id,
        data.recovery_code_id,
        data.failures,
        data.mfa_version_before,
        data.mfa_version,
        source.command,
        data.command_id,
        source.partition,
        source.offset,
        source.digest,
        message.correlationid,
        message.traceparent,
        told.event_id,
        told.partition,
        told.offset,
        _json(data.personal),
        partition,
        offset,
    )


def _json(value: Frozen | None) -> str | None:
    return None if value is None else encode(value).decode()
