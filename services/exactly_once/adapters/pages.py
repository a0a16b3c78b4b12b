"""``/health/live``, ``/health/ready`` and ``/metrics`` of a worker, as ASGI pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from faststream.asgi import AsgiResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from faststream.asgi.types import ASGIApp, Receive, Scope, Send

_JSON: Final = {"content-type": "application/json"}
_TEXT: Final = {"content-type": "text/plain; version=0.0.4; charset=utf-8"}


def routes(
    live: Callable[[], Awaitable[Sequence[str]]],
    ready: Callable[[], Awaitable[Sequence[str]]],
    metrics: Callable[[], bytes],
) -> Sequence[tuple[str, ASGIApp]]:
    """Give the pages; ``live`` and ``ready`` say why not, ``metrics`` is in Prometheus's text format."""

    async def counted() -> AsgiResponse:
        return AsgiResponse(metrics(), 200, headers=_TEXT)

    async def lives() -> AsgiResponse:
        return _answer(await live())

    async def is_ready() -> AsgiResponse:
        return _answer(await ready())

    return (("/health/live", _page(lives)), ("/health/ready", _page(is_ready)), ("/metrics", _page(counted)))


def _answer(reasons: Sequence[str]) -> AsgiResponse:
    body = {"ok": not reasons, "reasons": list(reasons)}
    return AsgiResponse(json.dumps(body).encode(), 503 if reasons else 200, headers=_JSON)


def _page(answer: Callable[[], Awaitable[AsgiResponse]]) -> ASGIApp:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        response = await answer()
        await response(scope, receive, send)

    return page
