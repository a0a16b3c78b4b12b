"""Processes inside one event loop: each can be stopped, woken and killed as the system does it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


@dataclass(eq=False)
class Process:
    """All tasks begun in its context. Stopped, nothing of it runs, not even a ``finally``; what is due gathers."""

    name: str
    runs: bool = True
    dead: bool = False
    backlog: list[asyncio.Handle] = field(default_factory=list)


PROCESS: ContextVar[Process | None] = ContextVar("process", default=None)
"""Whose task is running; ``None`` for the world around the processes."""
