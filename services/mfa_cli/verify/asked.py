"""A record of ``mfa.commands`` as the checks see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked at ``offset``; ``at`` is the broker's append time."""

    partition: int
    offset: int
    at: datetime
    value: bytes
