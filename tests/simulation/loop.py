"""An event loop whose time is virtual: nothing waits, and the same seed gives the same run."""

from __future__ import annotations

import asyncio
import selectors
from heapq import heappush
from typing import TYPE_CHECKING, Any, TypeVarTuple

from simulation.processes import PROCESS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextvars import Context

    from simulation.processes import Process


ArgumentTs = TypeVarTuple("ArgumentTs")


class DeadlockError(Exception):
    """Nothing can ever happen any more, and somebody still waits."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the time of the next timer instead of waiting for it. Knows no files and no signals."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Idle(self))
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._now

    def pass_time(self, seconds: float) -> None:
        """Let this much time pass."""
        self._now += seconds

    def stop_process(self, process: Process) -> None:
        """Let nothing of a process run."""
        process.runs = False

    def wake_process(self, process: Process) -> None:
        """Let a stopped process run on, with all that has become due meanwhile."""
        process.runs = True
        self._ready.extend(process.backlog)  # type: ignore[attr-defined]  # not in the stubs
        process.backlog.clear()

    # ---- asyncio's own hooks ----------------------------------------------------------------------------------

    def call_at(
        self,
        when: float,
        callback: Callable[[*ArgumentTs], object],
        *args: *ArgumentTs,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = _GatedTimer(when, callback, args, self, context)
        heappush(self._scheduled, timer)  # type: ignore[attr-defined]  # not in the stubs
        timer._scheduled = True  # type: ignore[attr-defined]  # noqa: SLF001  # as asyncio's own call_at does
        return timer

    def _call_soon(self, callback: Callable[..., object], args: Any, context: Context | None) -> asyncio.Handle:  # noqa: ANN401  # asyncio's signature
        handle = _Gated(callback, args, self, context)
        self._ready.append(handle)  # type: ignore[attr-defined]  # not in the stubs
        return handle

    def _make_self_pipe(self) -> None:
        """Nobody wakes this loop from outside."""

    def _close_self_pipe(self) -> None:
        """There is none."""


class _Idle(selectors.BaseSelector):
    """Waits by letting virtual time pass."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise DeadlockError("expected something to happen, got tasks that wait for each other for ever")
        if timeout > 0:
            self._loop.pass_time(timeout)
        return []

    def register(self, fileobj: object, events: int, data: object = None) -> selectors.SelectorKey:  # the base's
        raise NotImplementedError("expected no files in a simulation")

    def unregister(self, fileobj: object) -> selectors.SelectorKey:  # the base's
        raise NotImplementedError("expected no files in a simulation")

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return {}


class _Gated(asyncio.Handle):
    """A handle that waits while its process is stopped."""

    def _run(self) -> None:
        process = _owner(self)
        if process is None or process.runs:
            super()._run()
        else:
            process.backlog.append(self)


class _GatedTimer(asyncio.TimerHandle):
    def _run(self) -> None:
        process = _owner(self)
        if process is None or process.runs:
            super()._run()
        else:
            process.backlog.append(self)


def _owner(handle: asyncio.Handle) -> Process | None:
    context: Context = handle._context  # type: ignore[attr-defined]  # noqa: SLF001  # not in the stubs
    return context.get(PROCESS)
