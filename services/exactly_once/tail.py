"""Where the main log ends, as far as its one writer knows: whatever stands there else was written by somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exactly_once.errors import StrangerError
from exactly_once.records import Offset

if TYPE_CHECKING:
    from exactly_once.records import Partition

_MARKER: Final = 1
"""Every transaction ends with one, in each partition that it has written to."""


@dataclass(slots=True)
class Tail:
    """The offset that the next append to the main log must get."""

    partition: Partition
    topic: str
    end: Offset

    def check(self, last: Offset, records: int) -> None:
        """Look where an append of ``records`` came to stand, before it is committed.

        Raises:
            StrangerError: not where the log had ended. Begin again: whoever loads the log looks at what stands there.
        """
        first = last - records + 1
        if first != self.end:
            raise StrangerError(
                f"{self.topic} {self.partition}: expected to append at offset {self.end}, the broker did at {first}: "
                "somebody else has written there"
            )

    def committed(self, last: Offset) -> None:
        """Take note that an append was committed."""
        self.end = Offset(last + 1 + _MARKER)
