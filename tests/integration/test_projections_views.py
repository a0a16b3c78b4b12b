"""The view tables on a real Kafka and PostgreSQL: exactly what the pure fold of the log gives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import asdict

from mfa_contracts.codec import encode
from mfa_projections.views import fold_history
from support.backends import unique
from support.facts import Life
from support.reading import (
    PARTITIONS,
    append,
    append_events,
    append_values,
    ask,
    own_topics,
    reading,
    until,
    until_rows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_projections.views import UserKey
    from mfa_projections.wiring import Service


def lives() -> list[Life]:
    ann, bob, cleo = Life("acme", "ann"), Life("acme", "bob", partition=1), Life("other", "ann", partition=1)
    ann.enrolled(personal={"device_label": "Ann's phone"}, app_instance="app-1")
    ann.issued()
    ann.kept()
    ann.redeemed()
    ann.rejected(2)
    bob.classified("tenant_admin")
    bob.enrolled("dev_1", "totp")
    bob.reset("dev_1")
    cleo.enrolled("dev_2", "email")
    cleo.refused()
    return [ann, bob, cleo]


async def shown(database_url: str) -> dict[UserKey, dict[str, object]]:
    rows = await ask(
        database_url,
        """select s.*, e.enrollments, c.state, c.code_id, c.issued_at, c.last_redeemed_at, c.failures, c.retry_at
        from mfa.status s join mfa.enrollments e using (tenant_id, user_id)
        join mfa.recovery_codes c using (tenant_id, user_id)""",
    )
    plain = [{**row, "enrollments": json.loads(str(row["enrollments"]))} for row in rows]
    return {(str(row["tenant_id"]), str(row["user_id"])): row for row in plain}


def folded(told: Sequence[Life]) -> dict[UserKey, dict[str, object]]:
    rows = fold_history(event for life in told for event in life.events)
    return {
        key: {
            **asdict(user.status),
            **asdict(user.recovery_codes),
            "enrollments": json.loads(msgspec.json.encode(user.enrollments.enrollments)),
        }
        for key, user in rows.items()
    }


async def test_the_tables_hold_what_the_pure_fold_gives(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, told)
        await until_rows(database_url, "event_history", 10)

    assert await shown(database_url) == folded(told)


async def test_the_history_holds_every_event_as_it_stands_in_the_log(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, told)
        await until_rows(database_url, "event_history", 10)

    rows = await ask(database_url, "select event from mfa.event_history order by tenant_id, user_id, sequence")
    events = [json.loads(encode(event)) for life in told for event in life.events]
    assert [json.loads(str(row["event"])) for row in rows] == events


async def test_the_owner_of_an_enrolment_is_found_by_its_id(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, told)
        await until_rows(database_url, "event_history", 10)

    (row,) = await ask(
        database_url, "select tenant_id from mfa.enrollments where enrollments @> $1", json.dumps([{"id": "dev_2"}])
    )
    assert row == {"tenant_id": "other"}


async def test_the_checkpoint_says_that_all_is_applied_though_markers_follow_the_last_event(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, told)
        await until_rows(database_url, "event_history", 10)
        ((applied_at,),) = [row.values() for row in await ask(database_url, "select clock_timestamp()")]
        await until(lambda: caught_up_since(database_url, applied_at), "both partitions caught up")

    # Five transactions, each with a marker: five facts in partition 0, five in partition 1 in three of them.
    rows = await ask(database_url, "select partition, next_offset from mfa.checkpoint where projection = 'views'")
    assert {row["partition"]: row["next_offset"] for row in rows} == {0: 10, 1: 8}


async def caught_up_since(database_url: str, moment: object) -> bool:
    query = "select count(*) from mfa.checkpoint where projection = 'views' and caught_up_at > $1"
    (row,) = await ask(database_url, query, moment)
    return row["count"] == PARTITIONS


async def test_an_event_that_stands_twice_is_dropped_and_counted(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, ann = await own_topics(kafka_bootstrap, topic_prefix), lives()[0]
    async with reading(kafka_bootstrap, database_url, names, topic_prefix) as parts:
        await append(kafka_bootstrap, names.events, [ann])
        await until_rows(database_url, "event_history", 5)
        await append_events(kafka_bootstrap, names.events, [(0, event) for event in ann.events])
        await append_events(kafka_bootstrap, names.events, [(0, ann.refused())])
        await until_rows(database_url, "event_history", 6)
        await until_rows(database_url, "audit_record", 6)
        counted = repeated(parts)

    assert counted == {"views": 5.0, "relay": 5.0}
    assert await shown(database_url) == folded([ann])


async def test_a_gap_halts_its_partition_at_its_offset_and_the_other_goes_on(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, (ann, bob, _) = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix) as parts:
        # Sound, sound, and one missing between this and the last: the first two are applied all the same.
        told = [(0, ann.events[0]), (0, ann.events[1]), (0, ann.events[3])]
        await append_events(kafka_bootstrap, names.events, told)
        await until_halted(parts)
        await append(kafka_bootstrap, names.events, [bob])
        await until_rows(database_url, "event_history", 5)
        await until_rows(database_url, "audit_record", 5)
        halted = {name: dict(part.status().halted) for name, part in views_and_relay(parts).items()}
        ready = parts.views.status().ready

    assert [(h[0].topic, h[0].offset) for h in halted.values()] == [(names.events, 2), (names.events, 2)]
    assert not ready


async def test_an_unreadable_event_halts_its_partition_at_its_offset(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, (ann, *_) = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix) as parts:
        await append_events(kafka_bootstrap, names.events, [(0, ann.events[0])])
        await append_values(kafka_bootstrap, names.events, [(0, ann.record_key, b"no event")])
        await until_halted(parts)
        (halted,) = parts.views.status().halted.values()

    assert (halted.offset, "unreadable" in halted.reason) == (2, True)


async def test_a_second_worker_shares_the_work_and_takes_over(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    group = unique("g-")
    async with reading(kafka_bootstrap, database_url, names, group):
        async with reading(kafka_bootstrap, database_url, names, group):
            await append(kafka_bootstrap, names.events, told[:2])
            await until_rows(database_url, "event_history", 8)
        await append(kafka_bootstrap, names.events, told[2:])
        await until_rows(database_url, "event_history", 10)

    assert await shown(database_url) == folded(told)


async def until_halted(parts: Service) -> None:
    async def halted() -> bool:
        return all(part.status().halted for part in views_and_relay(parts).values())

    await until(halted, "views and relay halted")


def views_and_relay(parts: Service) -> dict[str, Any]:
    return {"views": parts.views, "relay": parts.relay}


def repeated(parts: Service) -> dict[str, float]:
    lines = parts.metrics.page().decode().splitlines()
    found = [line.split() for line in lines if line.startswith("mfa_projections_repeated_total")]
    return {name.split('"')[1]: float(count) for name, count in found}
