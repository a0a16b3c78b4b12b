"""How a user stands, for the login service: from the tables, but only if they are fresh enough to be believed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Protocol

import asyncpg

from mfa_client.errors import StatusStaleError, StatusUnavailableError
from mfa_contracts.vocabulary import AccountKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mfa_contracts.ids import TenantId, UserId

POLL_SECONDS: Final = 0.02
PATIENCE_SECONDS: Final = 5.0
"""For PostgreSQL to be connected to, and then to answer."""
_MOST_AHEAD: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class MfaStatus:
    """How a user stood at ``as_of`` (UTC), or later.

    ``must_enroll`` is true for a newcomer as for whoever was reset. ``recovery_code`` is ``none``, ``active``,
    ``voided`` or ``locked``. Sessions begun before ``sessions_invalid_before`` must end. ``sequence`` counts the
    user's facts. ``kind`` is ``None`` while the directory has said nothing.
    """

    enrolled: bool
    must_enroll: bool
    locked: bool
    recovery_code: str
    retry_at: datetime | None
    kind: AccountKind | None
    protected_until: datetime | None
    sessions_invalid_before: datetime | None
    mfa_version: int
    sequence: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the tables: when, how far they were, and what they say."""

    asked_at: datetime
    caught_up_at: datetime | None
    row: Mapping[str, object]


class Tables(Protocol):
    """The tables."""

    async def look(self, tenant: TenantId, user: UserId, partition: int) -> Look:
        """Look once; raises ``StatusUnavailableError``."""
        ...


@dataclass(frozen=True, slots=True)
class Freshness:
    """What the caller accepts: ``at_least`` so many facts of the user, ``staleness`` at most, after this wait."""

    at_least: int
    staleness: timedelta
    wait_seconds: float


async def status_of(tables: Tables, tenant: TenantId, user: UserId, partition: int, wanted: Freshness) -> MfaStatus:
    """How a user stands, once the tables are fresh enough.

    Raises:
        StatusStaleError: they are not, after the wait.
        StatusUnavailableError: they cannot be asked.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + wanted.wait_seconds
    while True:
        look = await tables.look(tenant, user, partition)
        stale = _why_stale(look, wanted)
        if stale is None:
            return _status(look)
        if clock() >= end:
            raise StatusStaleError(f"{stale}; is mfa_projections running? Do not take this as `must enrol`")
        await asyncio.sleep(POLL_SECONDS)


def _why_stale(look: Look, wanted: Freshness) -> str | None:
    if look.caught_up_at is None:
        return "expected tables that have caught up with the log, they never have"
    behind = look.asked_at - look.caught_up_at
    if behind < -_MOST_AHEAD:
        ahead = -behind.total_seconds()
        return f"expected tables that caught up in the past, the database's clock says {ahead:.1f} s in the future"
    if behind > wanted.staleness:
        bound = wanted.staleness.total_seconds()
        return f"expected tables at most {bound:g} s behind, they are {behind.total_seconds():.1f} s"
    sequence = int(str(look.row["sequence"]))
    if sequence < wanted.at_least:
        return f"expected the user's fact number {wanted.at_least}, the tables are at {sequence}"
    return None


def _status(look: Look) -> MfaStatus:
    assert look.caught_up_at is not None
    row = dict(look.row)
    kind = row.pop("account_kind")
    return MfaStatus(**row, kind=None if kind is None else AccountKind(str(kind)), as_of=look.caught_up_at)  # type: ignore[arg-type] # the columns are named for the fields


class PostgresTables:
    """The tables in PostgreSQL, read with a small pool that connects when first asked."""

    def __init__(self, database_url: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._pool = asyncpg.create_pool(
            database_url, min_size=0, max_size=4, timeout=patience_seconds, command_timeout=patience_seconds
        )
        self._statement = files("mfa_client").joinpath("sql", "status.sql").read_text(encoding="utf-8")

    async def start(self) -> None:
        """Make the pool; opens no connection."""
        await self._pool

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()

    async def look(self, tenant: TenantId, user: UserId, partition: int) -> Look:
        """See ``Tables``."""
        try:
            row = await self._pool.fetchrow(self._statement, tenant, user, partition)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            told = f"expected PostgreSQL with the tables of mfa_projections, got {type(error).__name__}"
            raise StatusUnavailableError(told) from error
        said = dict(row or {})
        return Look(said.pop("asked_at"), said.pop("caught_up_at"), said)
