"""CloudEvents 1.0 in structured JSON mode: the frame of every message.

Extensions (lower-case, as the specification asks): ``tenantid``, ``sequence``, ``causationid`` (the command's id),
``correlationid`` and W3C's ``traceparent``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from mfa_contracts.ids import CommandId, EventId, OpaqueField, Sequence, TenantField, UserField
from mfa_contracts.model import Frozen, Instant

CONTENT_TYPE: Final = b"application/cloudevents+json"
CONTENT_TYPE_HEADER: Final = "content-type"

TraceParent = Annotated[str, StringConstraints(pattern=r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")]
Source = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


class CloudEvent(Frozen):
    """What all messages carry."""

    specversion: Literal["1.0"] = "1.0"
    source: Source
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    correlationid: OpaqueField
    traceparent: TraceParent | None = None


class CommandEnvelope(CloudEvent):
    """The frame of a command: ``id`` makes it idempotent, ``tenantid`` and ``subject`` say on whom."""

    id: CommandId
    tenantid: TenantField
    subject: UserField


class EventEnvelope(CloudEvent):
    """The frame of a fact: ``sequence`` counts the user's facts, ``causationid`` is the command's id."""

    id: EventId
    tenantid: TenantField
    subject: UserField
    sequence: Sequence
    causationid: CommandId


class AnswerEnvelope(CloudEvent):
    """The frame of an outcome or dead letter: names no tenant and no user."""

    id: EventId
    causationid: CommandId | None = Field(default=None)
