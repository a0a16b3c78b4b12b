"""A way to a server that a test can cut, hold or slow: a TCP proxy on 127.0.0.1."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Way:
    """Leads to ``host:port`` while it is open."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._open = True
        self._delay = 0.0
        self._passable = asyncio.Event()
        self._passable.set()
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """End what goes on and let nobody through."""
        self._open = False
        for writer in self._writers:
            writer.transport.abort()

    def hold(self) -> None:
        """Let connections stand and be made, and nothing pass on them, as where a machine has lost its network."""
        self._passable.clear()

    def slow(self, seconds: float) -> None:
        """Let everything arrive so much later, in either direction."""
        self._delay = seconds

    def mend(self) -> None:
        """Let everybody through again, at once."""
        self._open, self._delay = True, 0.0
        self._passable.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if not self._open:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(*self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._writers -= {writer, back}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await self._passable.wait()
                await asyncio.sleep(self._delay)
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def way_to(url: str) -> AsyncIterator[tuple[Way, str]]:
    """A way to the server of ``url``, and the same address by that way."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    way = Way(parts.hostname, parts.port)
    server = await asyncio.start_server(way.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = parts.netloc.rpartition("@")[0]
    try:
        yield way, urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{port}"))
    finally:
        way.cut()
        server.close()
        await server.wait_closed()
