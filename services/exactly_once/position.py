"""How far a partition has come: the record that every transaction writes into the state topic.

It is the only truth about progress. The group's committed offsets are for lag tools.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from exactly_once.records import Offset

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY: Final = b"#partition"
"""Key of the position in the state topic; an application's keys must differ."""

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """Which logs a position belongs to.

    ``topics`` maps a topic's name to its id, or to an empty text where the client library
    cannot tell; an empty id matches any.
    """

    cluster: str
    partitions: int
    topics: Mapping[str, str]

    def differs_from(self, other: LogIdentity) -> str:
        """Say what differs, as ``what: recorded, found``; an empty text when it is the same log."""
        if self.cluster != other.cluster:
            return f"cluster: {self.cluster}, {other.cluster}"
        if self.partitions != other.partitions:
            return f"number of partitions: {self.partitions}, {other.partitions}"
        both = self.topics.keys() & other.topics.keys()
        changed = [t for t in sorted(both) if _are_different(self.topics[t], other.topics[t])]
        return "; ".join(f"id of topic {t}: {self.topics[t]}, {other.topics[t]}" for t in changed)


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next input is and what was written last.

    ``last_output`` is the offset of the last record in the main output log, -1 before the first.
    ``state_format`` is the application's own number for the shape of its state.
    """

    next_input: Offset
    last_output: Offset
    state_format: int
    log: LogIdentity


def encode(position: Position) -> bytes:
    """JSON, so that an operator can read it with any tool."""
    log = {"cluster": position.log.cluster, "partitions": position.log.partitions, "topics": dict(position.log.topics)}
    fields = {
        "format": FORMAT,
        "state_format": position.state_format,
        "next_input": position.next_input,
        "last_output": position.last_output,
        "log": log,
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def decode(value: bytes) -> Position | None:
    """Read a position; ``None`` for an older or newer format, so that the state is rebuilt.

    Raises:
        ValueError: the bytes are no position at all.
    """
    fields = json.loads(value)
    if not isinstance(fields, dict) or "format" not in fields:
        raise ValueError(f"expected a position record, got {len(value)} bytes of something else")
    if fields["format"] != FORMAT:
        return None
    log = fields["log"]
    return Position(
        next_input=Offset(int(fields["next_input"])),
        last_output=Offset(int(fields["last_output"])),
        state_format=int(fields["state_format"]),
        log=LogIdentity(str(log["cluster"]), int(log["partitions"]), dict(log["topics"])),
    )


def _are_different(recorded: str, found: str) -> bool:
    return bool(recorded and found and recorded != found)
