"""The login service is told how a user stands only from tables that are fresh enough: stale is never `must enrol`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from aiokafka.partitioner import DefaultPartitioner

from mfa_client.errors import BadCommandError, StatusStaleError, StatusUnavailableError
from mfa_client.place import partition_of
from mfa_client.status import Freshness, Look, MfaStatus, PostgresTables, status_of
from mfa_contracts.ids import TenantId, UserId
from mfa_contracts.vocabulary import AccountKind

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TENANT, ANN = TenantId("acme"), UserId("ann")


@dataclass
class Shown:
    """Tables that show one look after another, the last one for ever."""

    looks: Sequence[Look]
    asked: int = 0

    async def look(self, tenant: TenantId, user: UserId, partition: int) -> Look:
        assert (tenant, user, partition) == (TENANT, ANN, 3)
        self.asked += 1
        return self.looks[min(self.asked, len(self.looks)) - 1]


def seen(
    *, behind: float | None = 0.5, sequence: int = 7, kind: str | None = "end_user", enrolled: bool = True
) -> Look:
    row: dict[str, object] = {
        "account_kind": kind,
        "protected_until": None,
        "enrolled": enrolled,
        "must_enroll": not enrolled,
        "locked": False,
        "mfa_version": 2,
        "sequence": sequence,
        "sessions_invalid_before": None,
        "recovery_code": "active" if enrolled else "none",
        "retry_at": None,
    }
    return Look(NOW, None if behind is None else NOW - timedelta(seconds=behind), row)


async def status(*looks: Look, at_least: int = 0, staleness: float = 10, wait: float = 0) -> MfaStatus:
    wanted = Freshness(at_least, timedelta(seconds=staleness), wait)
    return await status_of(Shown(looks), TENANT, ANN, 3, wanted)


async def test_a_fresh_row_is_told_with_its_moment() -> None:
    found = await status(seen(behind=0.5))

    assert (found.enrolled, found.kind, found.as_of) == (True, AccountKind.END_USER, NOW - timedelta(seconds=0.5))


async def test_a_newcomer_must_enrol_when_the_tables_are_fresh() -> None:
    found = await status(seen(sequence=0, kind=None, enrolled=False))

    assert (found.must_enroll, found.kind, found.recovery_code) == (True, None, "none")


async def test_a_newcomer_in_stale_tables_is_an_error() -> None:
    with pytest.raises(StatusStaleError, match="at most 10 s behind, they are 11"):
        await status(seen(behind=11, sequence=0, kind=None, enrolled=False))


async def test_tables_that_never_caught_up_are_an_error() -> None:
    with pytest.raises(StatusStaleError, match="never have"):
        await status(seen(behind=None))


async def test_tables_that_claim_a_moment_in_the_future_are_an_error() -> None:
    with pytest.raises(StatusStaleError, match=r"1\.5 s in the future"):
        await status(seen(behind=-1.5))


async def test_a_moment_in_the_future_by_the_jitter_of_a_clock_is_believed() -> None:
    assert (await status(seen(behind=-0.5))).enrolled


async def test_a_row_from_before_the_outcome_is_an_error() -> None:
    with pytest.raises(StatusStaleError, match="fact number 8, the tables are at 7"):
        await status(seen(sequence=7), at_least=8)


async def test_the_outcomes_fact_is_waited_for() -> None:
    found = await status(seen(sequence=7), seen(sequence=8), at_least=8, wait=5)

    assert found.sequence == 8


async def test_tables_that_catch_up_in_time_are_believed() -> None:
    assert (await status(seen(behind=60), seen(behind=1), wait=5)).enrolled


def test_no_record_can_be_about_a_user_without_a_name() -> None:
    with pytest.raises(BadCommandError, match="tenant/user"):
        partition_of(TENANT, UserId(""), 12)


@pytest.mark.parametrize("user", ["ann", "bob", "auth0|5f7c8ec7"])
def test_a_user_is_placed_where_kafkas_default_partitioner_puts_the_record(user: str) -> None:
    every = list(range(12))
    assert partition_of(TENANT, UserId(user), 12) == DefaultPartitioner()(f"acme/{user}".encode(), every, every)


async def test_a_postgres_that_takes_the_call_and_says_nothing_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    tables = PostgresTables(f"postgresql://mfa@127.0.0.1:{port}/mfa?sslmode=disable", patience_seconds=0.1)
    await tables.start()
    async with server, asyncio.timeout(5):
        with pytest.raises(StatusUnavailableError, match="TimeoutError"):
            await tables.look(TENANT, ANN, 3)
        await tables.close()
