"""Whether the service lives and is ready: the reasons of its parts, and of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once import readiness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exactly_once import Status


def why_not_live(parts: Mapping[str, Status], patience_seconds: float) -> list[str]:
    """Why a restart might help; nothing when it would not."""
    return [
        f"{name}: {why}" for name, status in parts.items() for why in readiness.why_not_live(status, patience_seconds)
    ]


def why_not_ready(parts: Mapping[str, Status], database: str | None) -> list[str]:
    """What is missing until everything is told and shown; nothing when all is well."""
    told = [] if database is None else [f"database: {database}"]
    return told + [f"{name}: {why}" for name, status in parts.items() for why in readiness.why_not_ready(status)]
