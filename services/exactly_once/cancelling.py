"""Whether a cancellation is meant for us: a library's own may come out of what is awaited."""

from __future__ import annotations

import asyncio


def is_cancelled() -> bool:
    """Whether somebody has asked the current task to end, a timeout included."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
