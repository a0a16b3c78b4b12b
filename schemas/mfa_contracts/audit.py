"""Audit records: one for each fact, flat and complete, so that an auditor needs no other topic to read one."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import Field

from mfa_contracts.envelope import EventEnvelope
from mfa_contracts.fact_parts import Actor, CommandSource, Count, Offset, RemovedEnrollment, Target
from mfa_contracts.ids import CodeIdField, CommandId, EnrollmentField, EventId, TenantId, UserId, Version
from mfa_contracts.model import Frozen, Instant, Personal, ShortText
from mfa_contracts.vocabulary import OutcomeCode, Verdict

_NAMESPACE = UUID("8b6f0f3e-1b0a-5d1c-9a53-6d66612d6175")


class RecordedFrom(Frozen):
    """Which event this record tells of, and where that stands in ``mfa.events``."""

    event_id: EventId
    partition: Count
    offset: Offset


class AuditRecord(Frozen):
    """Who did what to whom, when, why, with which result."""

    kind: ShortText
    """The event's name, for instance ``MfaReset`` or ``CommandRefused``."""
    at: Instant
    verdict: Verdict
    code: OutcomeCode
    actor: Actor
    approver: Actor | None = None
    target: Target
    reason: ShortText | None = None
    ticket: ShortText | None = None
    removed: tuple[RemovedEnrollment, ...] = ()
    enrollment_id: EnrollmentField | None = None
    recovery_code_id: CodeIdField | None = None
    failures: Annotated[int, Field(ge=0)] | None = None
    mfa_version_before: Version
    mfa_version: Version
    command_id: CommandId
    source: CommandSource
    recorded_from: RecordedFrom
    personal: Personal | None = None


class AuditMessage(EventEnvelope):
    """An audit record in its frame; ``sequence`` is that of the event."""

    type: Literal["mfa.audit.Recorded.v1"] = "mfa.audit.Recorded.v1"
    data: AuditRecord


def audit_id(tenant: TenantId, user: UserId, sequence: int, kind: str) -> EventId:
    """The id of the audit record of one fact: the same again whoever emits it."""
    return EventId(uuid5(_NAMESPACE, f"{tenant}/{user}/{sequence}/{kind}"))
