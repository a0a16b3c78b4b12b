"""One audit record for each event, with all that it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mfa_contracts import events as e
from mfa_contracts.audit import audit_id
from mfa_contracts.codec import decode_audit, decode_event, encode
from mfa_contracts.fact_parts import RemovedEnrollment
from mfa_projections.streams import recorded
from support.facts import Life, actor
from support.golden import golden_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_contracts.audit import AuditRecord
    from mfa_contracts.events import Event

PERSONAL = {"name": "Ann", "ip": "192.0.2.1", "reason_text": "phone lost"}
GONE = ({"enrollment_id": "dev_guardian", "method": "totp"},)
REMOVED = tuple(RemovedEnrollment.model_validate(one) for one in GONE)

TOLD: dict[str, tuple[Callable[[Life], Event], dict[str, Any]]] = {
    "AuthenticatorEnrolled": (lambda ann: ann.enrolled(), {"enrollment_id": "dev_guardian"}),
    "AuthenticatorReplaced": (lambda ann: ann.kept(), {"enrollment_id": "dev_guardian"}),
    "AuthenticatorRemoved": (
        lambda ann: ann.removed("dev_guardian", remaining=0, reason="stolen_device", ticket="T-2"),
        {"removed": REMOVED, "reason": "stolen_device", "ticket": "T-2"},
    ),
    "RecoveryCodeIssued": (
        lambda ann: ann.issued(ticket="T-3"),
        {"recovery_code_id": "rc_00000001", "reason": "first_enrollment", "ticket": "T-3"},
    ),
    "RecoveryCodeRedeemed": (lambda ann: ann.redeemed(), {"recovery_code_id": "rc_00000001"}),
    "RecoveryCodeRejected": (
        lambda ann: ann.rejected(4),
        {"verdict": "refused", "code": "invalid_recovery_code", "failures": 4},
    ),
    "RecoveryCodeVoided": (
        lambda ann: ann.voided(reason="compromised", ticket="T-4"),
        {"recovery_code_id": "rc_00000001", "reason": "compromised", "ticket": "T-4"},
    ),
    "RecoveryLocked": (
        lambda ann: ann.locked(10),
        {"verdict": "refused", "code": "invalid_recovery_code", "failures": 10},
    ),
    "MfaReset": (
        lambda ann: ann.reset(voided_code="rc_00000001", approver=actor("eve", "support")),
        {
            "actor": actor("bob", "tenant_admin"),
            "approver": actor("eve", "support"),
            "removed": REMOVED,
            "recovery_code_id": "rc_00000001",
            "reason": "lost_device",
            "ticket": "T-1",
        },
    ),
    "AccountClassified": (lambda ann: ann.classified(), {}),
    "CommandRefused": (
        lambda ann: ann.refused("admin_target_forbidden", reason="lost_device", ticket="T-5"),
        {"verdict": "refused", "code": "admin_target_forbidden", "reason": "lost_device", "ticket": "T-5"},
    ),
    "NothingChanged": (
        lambda ann: ann.unchanged(reason="other", ticket="T-6"),
        {"code": "nothing_changed", "reason": "other", "ticket": "T-6"},
    ),
}

SILENT = {
    "verdict": "accepted",
    "code": "ok",
    "approver": None,
    "reason": None,
    "ticket": None,
    "removed": (),
    "enrollment_id": None,
    "recovery_code_id": None,
    "failures": None,
}


def record(kind: str) -> tuple[Event, AuditRecord]:
    event = TOLD[kind][0](Life())
    return event, recorded(event, partition=3, offset=17).data


def test_every_kind_of_event_is_told_of_here() -> None:
    assert set(TOLD) == {each.__name__.removesuffix("Event") for each in e.EVENTS}


@pytest.mark.parametrize("kind", TOLD)
def test_a_record_says_what_its_event_said_and_no_more(kind: str) -> None:
    _, data = record(kind)

    said = {name: getattr(data, name) for name in SILENT}
    assert {**SILENT, **TOLD[kind][1]} == {**said, **({"actor": data.actor} if "actor" in TOLD[kind][1] else {})}


@pytest.mark.parametrize("kind", TOLD)
def test_a_record_says_who_on_whom_when_and_from_where(kind: str) -> None:
    event, data = record(kind)

    news = event.data
    assert (data.kind, data.at, data.command_id) == (kind, event.time, event.causationid)
    assert (data.actor, data.target, data.source, data.personal) == (
        news.actor,
        news.target,
        news.source,
        news.personal,
    )
    assert (data.mfa_version_before, data.mfa_version) == (news.mfa_version_before, news.mfa_version)
    told_from = data.recorded_from
    assert (told_from.event_id, told_from.partition, told_from.offset) == (event.id, 3, 17)


def test_personal_fields_stay_in_their_box() -> None:
    event = Life().refused(personal=PERSONAL)

    assert recorded(event, 0, 0).data.personal == event.data.personal


def test_an_issued_code_gives_the_admins_reason_before_its_own() -> None:
    event = Life().issued(issue_reason="regenerated", reason="compromised")

    assert recorded(event, 0, 0).data.reason == "compromised"


@pytest.mark.parametrize("kind", TOLD)
def test_the_same_event_gives_the_same_record_again(kind: str) -> None:
    event, _ = record(kind)

    message = recorded(event, 3, 17)

    assert message == recorded(decode_event(encode(event)), 3, 17)
    assert message.id == audit_id(event.tenantid, event.subject, event.sequence, kind)


def test_the_frame_is_the_events_own() -> None:
    event = decode_event(golden_bytes("mfa.event.MfaReset.v1"))

    message = recorded(event, 0, 0)

    frame = ("time", "correlationid", "traceparent", "tenantid", "subject", "sequence", "causationid")
    assert [getattr(message, name) for name in frame] == [getattr(event, name) for name in frame]


def test_the_golden_record_is_what_the_golden_event_gives() -> None:
    event = decode_event(golden_bytes("mfa.event.MfaReset.v1"))

    assert recorded(event, 3, 2319) == decode_audit(golden_bytes("mfa.audit.Recorded.v1"))
