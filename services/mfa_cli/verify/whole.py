"""What no partition alone can tell: rows of nobody, rows of no partition, and whose log the tables were made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_cli.verify import audits, history, identity, views
from mfa_cli.verify.findings import Notes
from mfa_cli.verify.identity import begun_on
from mfa_cli.verify.rows import RowCheck
from mfa_cli.verify.tables import CHUNK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from mfa_cli.verify.findings import Finding
    from mfa_cli.verify.owners import Owners
    from mfa_cli.verify.sources import Sources
    from mfa_cli.verify.tables import Tables
    from mfa_projections.views import UserKey


async def verify_whole(sources: Sources) -> tuple[Finding, ...]:
    """The findings over all partitions, once each was looked at."""
    async with sources.database.snapshot() as tables:
        outside = await _outside(tables, sources.identity.partitions)
        strangers = await _strangers(tables, sources.owners)
        logs = [begun_on(begun.projection, begun.log, sources.identity) for begun in await tables.logs()]
    return (*outside, strangers, *logs)


async def _outside(tables: Tables, partitions: int) -> Sequence[Finding]:
    rows = {"audit_record": RowCheck(audits.TABLE_RULE, "records"), "event_history": RowCheck(history.RULE, "events")}
    positions = Notes(identity.RULE, "records")
    for name, place in await tables.outside(partitions):
        if name in rows:
            rows[name].stray(f"{name} {place}")
        else:
            positions.differ(f"{name} {place}", expected=f"a partition of 0 to {partitions - 1}", got="another")
    return (*(check.finding() for check in rows.values()), positions.finding())


async def _strangers(tables: Tables, owners: Owners) -> Finding:
    check = RowCheck(views.RULE, "users")
    async for some in _chunks(tables):
        unknown = owners.unknown({user for _, user in some})
        newcomers = await tables.newcomers(unknown, owners.until) if unknown else ()
        strangers = {user for user in unknown if user not in newcomers}
        for name, user in some:
            if user in strangers:
                check.stray(f"{name} {'/'.join(user)}")
    return check.finding()


async def _chunks(tables: Tables) -> AsyncIterator[Sequence[tuple[str, UserKey]]]:
    some = []
    async for row in tables.owners():
        some.append(row)
        if len(some) == CHUNK:
            yield some
            some = []
    yield some
