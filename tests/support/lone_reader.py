"""The read side as a process, to be killed by a test: BOOTSTRAP DATABASE_URL EVENTS AUDIT AUDIT_STATE GROUP."""

from __future__ import annotations

import asyncio
import sys

from mfa_projections.wiring import Topics
from support.reading import reading


async def _read(bootstrap: str, database_url: str, names: Topics, group: str) -> None:
    async with reading(bootstrap, database_url, names, group):
        await asyncio.Event().wait()


if __name__ == "__main__":
    _, bootstrap, database_url, events, audit, audit_state, group = sys.argv
    asyncio.run(_read(bootstrap, database_url, Topics(events, audit, audit_state), group))
