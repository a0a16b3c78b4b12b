"""Commands that are under way are waited for, as long as there is patience; markers behind the last one are not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from exactly_once import position
from exactly_once.position import LogIdentity, Position
from exactly_once.records import Offset, Partition, Record
from mfa_cli.verify.log import Span
from mfa_cli.verify.sources import Sources
from mfa_cli.verify.waiting import decided
from mfa_contracts.topics import COMMANDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from mfa_cli.verify.log import LogReader
    from mfa_cli.verify.tables import Database

LOG = LogIdentity("cluster", 1, {})
LAST = 5
KEPT = Span(COMMANDS, 0, 0, LAST + 3)
"""Two markers stand behind the last command."""


def record(offset: int, key: bytes = b"", value: bytes = b"") -> Record:
    return Record(Partition(0), Offset(offset), 0, 0, key, value)


class Log:
    """A worker's next command, each time that it is looked at; the last one stays."""

    def __init__(self, *standing: int) -> None:
        self.standing = list(standing)

    async def spans(self, topics: Sequence[str], partition: int) -> Sequence[Span]:
        return [Span(topic, partition, 0, 1) for topic in topics]

    async def newest(self, _: Span) -> Mapping[bytes, Record]:
        now = self.standing.pop(0) if len(self.standing) > 1 else self.standing[0]
        value = position.encode(Position(Offset(now), Offset(-1), 1, LOG))
        return {position.KEY: record(0, position.KEY, value)}

    async def read(self, span: Span) -> AsyncIterator[Sequence[Record]]:
        found = [record(offset) for offset in range(span.start, LAST + 1)]
        if found:
            yield found


async def after(log: Log, patience_s: float) -> tuple[int, int]:
    until = asyncio.get_running_loop().time() + patience_s
    sources = Sources(cast("LogReader", log), cast("Database", None), LOG, until)
    stored, last = await decided(sources, KEPT)
    return stored.next_input, last


async def test_commands_under_way_are_waited_for() -> None:
    assert await after(Log(3, 4, LAST + 1), 30) == (LAST + 1, LAST)


async def test_without_patience_it_is_told_where_the_worker_stands() -> None:
    assert await after(Log(3), -1) == (3, LAST)


async def test_markers_behind_the_last_command_are_not_waited_for() -> None:
    async with asyncio.timeout(5):
        assert await after(Log(LAST + 1), 30) == (LAST + 1, -1)
