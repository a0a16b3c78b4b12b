"""Rebuilding on a real Kafka and PostgreSQL beside others, and in front of what cannot be read."""

from __future__ import annotations

import asyncio

import pytest

from exactly_once import HaltedError
from mfa_projections.rebuild import rebuild
from support.facts import Life
from support.reading import append, append_values, ask, own_topics, reading, until_rows


def lives() -> list[Life]:
    told = [Life("acme", f"user-{number}", partition=number % 2) for number in range(4)]
    for life in told:
        for failures in range(1, 11):
            life.rejected(failures)
    return told


async def counted(database_url: str) -> dict[str, object]:
    (row,) = await ask(
        database_url,
        "select (select count(*) from mfa.event_history) as history, (select count(*) from mfa.audit_record) as audit",
    )
    return row


async def test_in_front_of_an_unreadable_event_all_that_is_sound_is_rebuilt(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, told)
        await until_rows(database_url, "audit_record", 40)
        await until_rows(database_url, "event_history", 40)
    await append_values(kafka_bootstrap, names.events, [(0, told[0].record_key, b"no event")])
    await ask(database_url, "truncate views_v1.audit_record")

    with pytest.raises(HaltedError, match="unreadable"):
        await rebuild(kafka_bootstrap, database_url, names=names)

    assert await counted(database_url) == {"history": 40, "audit": 40}


async def test_two_rebuilds_at_once_give_the_same_rows(
    kafka_bootstrap: str, database_url: str, topic_prefix: str
) -> None:
    names, told = await own_topics(kafka_bootstrap, topic_prefix), lives()
    async with reading(kafka_bootstrap, database_url, names, topic_prefix):
        await append(kafka_bootstrap, names.events, told)
        await until_rows(database_url, "audit_record", 40)

    await asyncio.gather(*(rebuild(kafka_bootstrap, database_url, names=names) for _ in range(2)))

    assert await counted(database_url) == {"history": 40, "audit": 40}
