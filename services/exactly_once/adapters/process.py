"""A worker as a process: its pages served until it is told to end, its cycle collector, chance for its waits."""

from __future__ import annotations

import asyncio
import gc
import secrets
import signal
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from faststream.asgi import AsgiFastStream


async def serve(app: AsgiFastStream, host: str, port: int) -> None:
    """Run a service and its pages until SIGTERM or Ctrl-C has ended it in order."""
    # The server raises the signal that ended it once more when it has stopped; the caller still has things to close.
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lambda: None)
    # Without a configuration of its own the server says nothing but errors.
    pages = uvicorn.Config(app, host, port, log_config=None, access_log=False, lifespan="on")
    await uvicorn.Server(pages).serve()


def collect_rarely() -> None:
    """Let the cycle collector of this process look less often.

    A batch makes many objects and no cycles; at Python's own pace looking through them costs 40 % of reading an event.
    """
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)


def spread() -> float:
    """Draw from 0 … 1, for waits that should not coincide."""
    return secrets.randbelow(1_000_000) / 1_000_000
