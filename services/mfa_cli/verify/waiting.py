"""Waiting for the workers: what was asked before the check began must be decided, then told, then in the tables."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mfa_cli.verify.catching_up import LogEnds, Reached, Wanted, ahead, behind
from mfa_cli.verify.positions import NONE
from mfa_cli.verify.stored import stored_in
from mfa_contracts.topics import AUDIT, AUDIT_STATE, EVENTS, STATE

if TYPE_CHECKING:
    from mfa_cli.verify.findings import Finding
    from mfa_cli.verify.log import Span
    from mfa_cli.verify.sources import Sources
    from mfa_cli.verify.stored import Stored

_POLL_S: Final = 0.1


async def decided(sources: Sources, commands: Span) -> tuple[Stored, int]:
    """The state once these commands are decided or nobody waits any longer, and the last command that was not."""
    stored = await stored_in(sources.log, STATE, commands.partition)
    last = await _last_after(sources, commands, stored.next_input)
    while stored.next_input <= last and _patient(sources):
        await asyncio.sleep(_POLL_S)
        stored = await stored_in(sources.log, STATE, commands.partition)
    return stored, last


async def projected(sources: Sources, partition: int, stored: Stored, command: int) -> tuple[Stored, Finding]:
    """The relay's state once all projections have what ``stored`` knows of, or nobody waits any longer.

    Args:
        sources: what is read.
        partition: whose projections.
        stored: where the command worker stands.
        command: the last command that it must have decided; -1 for none.
    """
    while True:
        relay = await stored_in(sources.log, AUDIT_STATE, partition)
        at = await sources.database.checkpoints(partition)
        reached = Reached(stored.next_input, relay.next_input, at.get("views", 0), at.get("audit", 0))
        wanted = Wanted(command, stored.last_output, relay.last_output)
        finding = behind(partition, wanted, reached)
        # Commands were waited for before.
        if behind(partition, replace(wanted, command=NONE), reached).holds or not _patient(sources):
            return relay, finding + await _ahead(sources, partition, reached)
        await asyncio.sleep(_POLL_S)


async def _ahead(sources: Sources, partition: int, reached: Reached) -> Finding:
    # Read after the positions: what was appended in between must not make one of them look too far.
    events, audit = await sources.log.spans([EVENTS, AUDIT], partition)
    return ahead(partition, reached, LogEnds(events.end, audit.end))


async def _last_after(sources: Sources, commands: Span, since: int) -> int:
    # The end of the span is no measure: markers of transactions stand there and are never decided.
    last = NONE
    async for records in sources.log.read(replace(commands, start=max(commands.start, since))):
        last = records[-1].offset
    return last


def _patient(sources: Sources) -> bool:
    return asyncio.get_running_loop().time() <= sources.patience
