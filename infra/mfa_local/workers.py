"""The two workers as processes of ours: started with what they need to know, and waited for until they are ready."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_local import child, ports
from mfa_local.errors import WorkerDiedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from mfa_local.connection import Connection

WORKERS: Final = ("mfa_commands", "mfa_projections")
_READY_S: Final = 60.0
_STOP_S: Final = 15.0
_POLL_S: Final = 0.1
_OK: Final = b"200"


@dataclass(frozen=True, slots=True)
class Worker:
    """A running worker: its module, its process, and the address of its health pages without a slash at the end."""

    name: str
    child: child.Child
    port: int

    @property
    def url(self) -> str:
        """Where it answers, for instance ``http://127.0.0.1:41234``."""
        return f"http://{ports.LOCALHOST}:{self.port}"


@asynccontextmanager
async def running_workers(
    connection: Connection, names: Sequence[str] = WORKERS, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Sequence[Worker]]:
    """Run one process for each name (``python -m NAME``) until the end of the block; all are ready when it begins.

    ``environment`` is added to what the connection says. A worker is asked to end by SIGTERM and killed 15 s later.

    Raises:
        WorkerDiedError: one ended, or was not ready within 60 seconds; with the tail of its log.
    """
    async with AsyncExitStack() as stack:
        workers = [start_worker(connection, name, environment or {}) for name in names]
        stack.push_async_callback(_stop_all, workers)
        await asyncio.gather(*(ready(worker) for worker in workers))
        yield workers


def start_worker(connection: Connection, name: str, environment: Mapping[str, str]) -> Worker:
    """Start one worker without waiting for it."""
    port = ports.free_port()
    told = {**connection.environment(), "MFA_HTTP_PORT": str(port), **environment}
    command = child.Command(name, [sys.executable, "-m", name], connection.log_dir / f"{name}.log", told)
    return Worker(name, child.start(command), port)


async def _stop_all(workers: Sequence[Worker]) -> None:
    await asyncio.gather(*(stop_worker(worker) for worker in workers))


async def stop_worker(worker: Worker) -> None:
    """End it in order, or kill it."""
    await child.stop(worker.child, signal.SIGTERM, _STOP_S)


async def ready(worker: Worker, patience_s: float = _READY_S) -> None:
    """Return when ``/health/ready`` answers 200.

    Raises:
        WorkerDiedError: it ended, or was not ready within ``patience_s`` seconds; with the tail of its log.
    """
    clock = asyncio.get_running_loop().time
    end = clock() + patience_s
    while not await _says_ready(worker.port):
        if not child.running(worker.child):
            code = worker.child.process.returncode
            raise WorkerDiedError(child.told(worker.child, f"ended with exit code {code}, expected it to become ready"))
        if clock() > end:
            raise WorkerDiedError(child.told(worker.child, f"is not ready after {patience_s:.0f} s"))
        await asyncio.sleep(_POLL_S)


async def _says_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(ports.LOCALHOST, port)
    except OSError:
        return False
    try:
        writer.write(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        status = await asyncio.wait_for(reader.readline(), timeout=5)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    return status.split()[1:2] == [_OK]
