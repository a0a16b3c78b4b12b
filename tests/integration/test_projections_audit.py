"""The audit stream and its table on a real Kafka and PostgreSQL: one record for each event, whatever happens."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from mfa_contracts.codec import decode_audit, decode_event
from mfa_projections.streams import recorded
from support.backends import make_topics
from support.facts import Life, actor
from support.reading import PARTITIONS, append, append_events, ask, own_topics, reading, standing_in, until, until_rows

if TYPE_CHECKING:
    from mfa_contracts.audit import AuditMessage
    from mfa_projections.wiring import Topics


def lives() -> list[Life]:
    ann, bob = Life("acme", "ann"), Life("acme", "bob", partition=1)
    ann.enrolled()
    ann.issued()
    ann.rejected(1)
    ann.reset("dev_guardian", "dev_2", approver=actor("eve", "support"), personal={"reason_text": "phone lost"})
    bob.classified("tenant_admin")
    bob.refused("admin_target_forbidden", reason="lost_device", ticket="T-9")
    return [ann, bob]


async def told_in(bootstrap: str, topic: str) -> list[AuditMessage]:
    return [decode_audit(record.value) for record in await standing_in(bootstrap, topic)]


async def expected(bootstrap: str, names: Topics) -> list[AuditMessage]:
    """What the pure stream says of the events as they stand in the log."""
    return [recorded(decode_event(r.value), r.partition, r.offset) for r in await standing_in(bootstrap, names.events)]


async def test_each_event_has_exactly_one_record_in_the_order_of_the_log(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names = await own_topics(kafka_bootstrap, topic_prefix)
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, lives())
        await until_rows(database_url, "audit_record", 6)

    assert await told_in(kafka_bootstrap, names.audit) == await expected(kafka_bootstrap, names)


async def test_a_restart_tells_nothing_twice_and_leaves_nothing_out(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names = await own_topics(kafka_bootstrap, topic_prefix)
    for number in range(3):
        user = Life("acme", f"user-{number}")
        for failures in range(1, 51):
            user.rejected(failures)
        async with reading(kafka_bootstrap, database_url, names, topic_prefix):
            # The worker ends while it is at work: how far it has come is for the next one to find out.
            await append_events(kafka_bootstrap, names.events, [(0, event) for event in user.events])
            await until_some_rows(database_url)
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await until_rows(database_url, "audit_record", 150)

    assert await told_in(kafka_bootstrap, names.audit) == await expected(kafka_bootstrap, names)


async def test_relays_of_two_groups_tell_of_each_event_once(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), rejected_users()
    async with (
        reading(kafka_bootstrap, database_url, names, f"{topic_prefix}blue") as blue,
        reading(kafka_bootstrap, database_url, names, f"{topic_prefix}green") as green,
    ):
        for turn in range(len(told[0].events)):
            await append_events(kafka_bootstrap, names.events, [(life.partition, life.events[turn]) for life in told])
        await until_rows(database_url, "audit_record", sum(len(life.events) for life in told))
        halted = [part.status().halted for part in (blue.relay, blue.audit, green.relay, green.audit)]

    assert halted == [{}, {}, {}, {}]
    assert await told_in(kafka_bootstrap, names.audit) == await expected(kafka_bootstrap, names)


def rejected_users() -> list[Life]:
    told = [Life("acme", f"user-{number}", partition=number % 2) for number in range(6)]
    for life in told:
        for failures in range(1, 21):
            life.rejected(failures)
    return told


async def test_a_lost_state_is_rebuilt_from_the_audit_log(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, (ann, bob) = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, [ann])
        await until_rows(database_url, "audit_record", 4)
    empty = replace(names, audit_state=f"{topic_prefix}audit.state.new")
    await make_topics(kafka_bootstrap, (empty.audit_state,), PARTITIONS, {"cleanup.policy": "compact"})

    async with reading(kafka_bootstrap, database_url, empty, topic_prefix):
        await append(kafka_bootstrap, names.events, [bob])
        await until_rows(database_url, "audit_record", 6)

    assert await told_in(kafka_bootstrap, names.audit) == await expected(kafka_bootstrap, names)


async def test_the_table_holds_every_field_of_a_record(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, told)
        await until_rows(database_url, "audit_record", 6)

    (row,) = await ask(database_url, "select * from mfa.audit_record where kind = 'MfaReset'")
    row |= {name: json.loads(str(row[name])) for name in ("approver", "removed", "personal")}
    (record,) = [r for r in await standing_in(kafka_bootstrap, names.audit) if b'"MfaReset"' in r.value]
    message, plain = decode_audit(record.value), json.loads(record.value)
    data = message.data
    assert row == {
        "id": message.id,
        "tenant_id": "acme",
        "user_id": "ann",
        "sequence": 4,
        "at": data.at,
        "kind": "MfaReset",
        "verdict": "accepted",
        "code": "ok",
        "actor_issuer": data.actor.issuer,
        "actor_subject": "bob",
        "actor_role": "tenant_admin",
        "actor_tenant": "acme",
        "actor_workload": data.actor.workload,
        "actor_txn": data.actor.txn,
        "approver": plain["data"]["approver"],
        "target_kind": None,
        "target_protected": False,
        "reason": "lost_device",
        "ticket": "T-1",
        "removed": plain["data"]["removed"],
        "enrollment_id": None,
        "recovery_code_id": None,
        "failures": None,
        "mfa_version_before": 2,
        "mfa_version": 3,
        "command": "Example",
        "command_id": data.command_id,
        "command_partition": 0,
        "command_offset": 3,
        "command_digest": data.source.digest,
        "correlation_id": "req-4",
        "traceparent": None,
        "event_id": data.recorded_from.event_id,
        "event_partition": 0,
        "event_offset": data.recorded_from.offset,
        "personal": {"reason_text": "phone lost"},
        "log_partition": record.partition,
        "log_offset": record.offset,
    }


async def until_some_rows(database_url: str) -> None:
    (before,) = await ask(database_url, "select count(*) from mfa.audit_record")

    async def more() -> bool:
        (now,) = await ask(database_url, "select count(*) from mfa.audit_record")
        return bool(now["count"] != before["count"])

    await until(more, "more audit records")
