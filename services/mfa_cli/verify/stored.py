"""What a worker has written down about a partition in a state topic: where it stands, and the newest of each key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactly_once import position
from mfa_cli.verify.positions import NONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exactly_once.position import Position
    from exactly_once.records import Record
    from mfa_cli.verify.log import LogReader


@dataclass(frozen=True, slots=True)
class Stored:
    """A state topic's partition: its position record, if there is one, and the others by key."""

    topic: str
    position: Position | None
    states: Mapping[bytes, bytes]

    @property
    def next_input(self) -> int:
        """The next offset in the worker's input; 0 before it has begun."""
        return 0 if self.position is None else self.position.next_input

    @property
    def last_output(self) -> int:
        """The offset of the last record written; -1 for none."""
        return NONE if self.position is None else self.position.last_output


async def stored_in(log: LogReader, topic: str, partition: int) -> Stored:
    """Read a partition of a state topic as it is now."""
    (span,) = await log.spans([topic], partition)
    newest = dict(await log.newest(span))
    head = newest.pop(position.KEY, None)
    where = None if head is None else _position(head)
    return Stored(topic, where, {key: record.value or b"" for key, record in newest.items()})


def _position(record: Record) -> Position | None:
    try:
        return position.decode(record.value or b"")
    except (ValueError, KeyError, TypeError):
        # No position: then the events that it should stand behind have none, and that is told.
        return None
