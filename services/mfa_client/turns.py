"""One at a time for each key, in the order of coming; different keys do not wait for each other."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """A lock for each key that somebody has or waits for.

    aiokafka's producer does not keep the order by itself: who waits for a full batch to leave is overtaken by
    who comes just after it has left.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: bytes) -> asyncio.Lock:
        """The lock of a key; asyncio's are handed on in the order of waiting."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
