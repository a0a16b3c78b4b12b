"""Waits until a server that we started listens; notices at once when it ends instead."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from mfa_local import child
from mfa_local.errors import ServerDiedError
from mfa_local.ports import LOCALHOST

if TYPE_CHECKING:
    from mfa_local.child import Child

_POLL_S: Final = 0.03


async def answers_on(port: int, server: Child, patience_s: float) -> None:
    """Return when 127.0.0.1:``port`` takes a connection.

    Raises:
        ServerDiedError: the server ended, or did not listen within ``patience_s`` seconds; with the tail of its log.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + patience_s
    while not await _connects(port):
        child.must_run(server)
        if clock() > end:
            raise ServerDiedError(child.told(server, f"does not listen on {LOCALHOST}:{port} after {patience_s:.0f} s"))
        await asyncio.sleep(_POLL_S)


async def _connects(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOCALHOST, port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
