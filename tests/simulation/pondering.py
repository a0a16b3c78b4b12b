"""The application of the simulation: copies and numbers, and takes its time over it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from support.copying import Copying

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exactly_once import Batch, Record
    from support.copying import Counts

BAD: Final = b"bad"
"""A value that cannot be decided."""
TOO_LARGE: Final = b"x" * 790
"""A value whose copy the broker refuses."""
MOST_BYTES: Final = 800


@dataclass
class Pondering(Copying):
    """Copies as ``Copying`` does, after a while."""

    delay: Callable[[], float] = lambda: 0.0

    async def decide(self, state: Counts, records: Sequence[Record]) -> Batch[Counts]:
        batch = await super().decide(state, records)
        await asyncio.sleep(self.delay())
        return batch
