"""The readiness page of a worker, as whoever runs it sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

from support.reading import until

if TYPE_CHECKING:
    from mfa_local.workers import Worker


async def until_not_ready(worker: Worker, word: str = "broker") -> tuple[int, str]:
    """Wait until the readiness page says why not, with this word in it."""
    page = (0, "")

    async def away() -> bool:
        nonlocal page
        page = await asyncio.to_thread(shown, f"{worker.url}/health/ready")
        return word in page[1]

    await until(away, f"{worker.url}/health/ready names {word}")
    return page


def shown(url: str) -> tuple[int, str]:
    """Status and text of a page; status 0 when nobody answers."""
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - our own worker
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)
