"""Whether the service lives and is ready, as JSON with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from faststream.asgi import AsgiResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from faststream.asgi.types import ASGIApp, Receive, Scope, Send

    from exactly_once import Status
    from mfa_projections.adapters.metrics import Metrics

_JSON: Final = {"content-type": "application/json"}
_TEXT: Final = {"content-type": "text/plain; version=0.0.4; charset=utf-8"}


def routes(
    parts: Mapping[str, Callable[[], Status]],
    database: Callable[[], Awaitable[str | None]],
    metrics: Metrics,
    patience_seconds: float,
) -> Sequence[tuple[str, ASGIApp]]:
    """The pages ``/health/live``, ``/health/ready`` and ``/metrics``."""

    async def live() -> AsgiResponse:
        return _answer(why_not_live({name: status() for name, status in parts.items()}, patience_seconds))

    async def ready() -> AsgiResponse:
        return _answer(why_not_ready({name: status() for name, status in parts.items()}, await database()))

    async def counted() -> AsgiResponse:
        return AsgiResponse(metrics.page(), 200, headers=_TEXT)

    return (("/health/live", _page(live)), ("/health/ready", _page(ready)), ("/metrics", _page(counted)))


def why_not_live(parts: Mapping[str, Status], patience_seconds: float) -> list[str]:
    """Why a restart might help; nothing when it would not."""
    stuck = f"a partition with work has not moved for {patience_seconds:g} s"
    return [f"{name}: {stuck}" for name, status in parts.items() if not status.is_live(patience_seconds)]


def why_not_ready(parts: Mapping[str, Status], database: str | None) -> list[str]:
    """What is missing until everything is told and shown; nothing when all is well."""
    reasons = [] if database is None else [f"database: {database}"]
    for name, status in parts.items():
        reasons.extend(f"{name}: {reason}" for reason in _missing(status))
    return reasons


def _missing(status: Status) -> list[str]:
    if status.draining:
        return ["stopping"]
    if status.broker_error is not None:
        return [f"the broker cannot be reached: {status.broker_error}"]
    if not status.assigned_once:
        return ["the group has not given out its partitions yet"]
    halted = [f"{n} halted at offset {h.offset} of {h.topic}: {h.reason}" for n, h in status.halted.items()]
    if halted or status.ready:
        return halted
    return ["not every partition is held yet"]


def _answer(reasons: Sequence[str]) -> AsgiResponse:
    body = {"ok": not reasons, "reasons": list(reasons)}
    return AsgiResponse(msgspec.json.encode(body), 503 if reasons else 200, headers=_JSON)


def _page(answer: Callable[[], Awaitable[AsgiResponse]]) -> ASGIApp:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        response = await answer()
        await response(scope, receive, send)

    return page
