"""What every backend gives: two addresses, a version, and the processes that are ours to watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfa_local.child import Child


@dataclass(frozen=True, slots=True)
class Servers:
    """``database_url`` names a database that need not exist yet where the backend is ours."""

    kafka_bootstrap: str
    database_url: str
    kafka_version: str
    children: tuple[Child, ...]
