"""Rows of users whom the log did not have when it was read: right if a newcomer's, wrong if anybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import asyncpg
import pytest

from exactly_once.position import LogIdentity
from mfa_cli.verify import views
from mfa_cli.verify.findings import merged
from mfa_cli.verify.sources import Sources
from mfa_cli.verify.tables import database
from mfa_cli.verify.whole import verify_whole
from support.backends import fresh_database

if TYPE_CHECKING:
    from mfa_cli.verify.log import LogReader
    from mfa_local.connection import Connection

LOOKED_AT, CHECKPOINT = 5, 9
ROWS = """
    insert into mfa.projection_checkpoint values ('views', 1, 1, {checkpoint});
    insert into views_v1.status
        values ('acme', 'ann', 'end_user', null, true, false, 1, 1, gen_random_uuid(), false, null, now());
    insert into views_v1.event_history
        values ('acme', 'ann', 1, gen_random_uuid(), 'mfa.event.MfaReset.v1', now(), 'i', 'bob', 'tenant_admin', 'acme',
            'w', gen_random_uuid(), gen_random_uuid(), 'c', 1, {offset}, '{{}}');
"""


async def strangers(stack: Connection, offset: int) -> list[str]:
    """Who is a stranger when Ann's only event stands at ``offset`` of partition 1."""
    url = await fresh_database(stack)
    hand = await asyncpg.connect(url)
    await hand.execute(ROWS.format(checkpoint=CHECKPOINT, offset=offset))
    await hand.close()
    async with database(url) as tables:
        sources = Sources(cast("LogReader", None), tables, LogIdentity("cluster", 2, {}), 0.0)
        for _ in range(2):
            sources.owners.add([], LOOKED_AT)
        found = {finding.rule: finding for finding in merged([await verify_whole(sources)])}
    return [difference.place for difference in found[views.RULE].first]


async def test_a_user_whose_first_event_came_meanwhile_is_no_stranger(stack: Connection) -> None:
    assert await strangers(stack, LOOKED_AT) == []


@pytest.mark.parametrize("offset", [LOOKED_AT - 1, CHECKPOINT])
async def test_a_history_row_of_no_event_makes_nobody_a_newcomer(stack: Connection, offset: int) -> None:
    assert await strangers(stack, offset) == ["status acme/ann"]
