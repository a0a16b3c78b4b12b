"""What happened, in order: the last lines of it explain a failing seed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass
class Trace:
    """Times are virtual seconds since the beginning."""

    events: list[tuple[float, str, object]] = field(default_factory=list)

    def note(self, who: str, what: object) -> None:
        """Write down an event; it is put into words only when somebody reads it."""
        self.events.append((asyncio.get_running_loop().time(), who, what))

    def lines(self, most: int | None = None) -> list[str]:
        """Give the events, the last ``most`` of them, one a line."""
        events = self.events if most is None else self.events[-most:]
        return [f"{at:9.4f} {who:<8} {what}" for at, who, what in events]
