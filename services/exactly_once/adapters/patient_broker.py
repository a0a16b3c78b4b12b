"""A FastStream broker that may be started while Kafka is away."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from faststream.kafka import KafkaBroker

from exactly_once.errors import ExactlyOnceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from faststream._internal.endpoint.subscriber import SubscriberUsecase

_FIRST_PAUSE_SECONDS: Final = 0.2
_LONGEST_PAUSE_SECONDS: Final = 5.0
_STOP_SECONDS: Final = 20.0


class PatientBroker(KafkaBroker):
    """Consumes only. ``start`` returns at once; the subscribers join as soon as Kafka answers.

    FastStream's own broker fails its start, and with it the process, when Kafka is not there.

    Args:
        bootstrap: ``host:port``, several separated by commas.
        on_gone: told why a start failed, each time.
        on_there: told that everything has started.
        before: awaited before anything is consumed, again after each error that it raises.
        options: more for ``KafkaBroker``: security, middlewares, logger.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        on_gone: Callable[[str], None] | None = None,
        on_there: Callable[[], None] | None = None,
        before: Callable[[], Awaitable[None]] | None = None,
        **options: Any,  # noqa: ANN401  # handed on as they are
    ) -> None:
        # FastStream takes one text for one address, commas and all.
        super().__init__(bootstrap.split(","), consumer_only=True, allow_auto_create_topics=False, **options)
        self._on_gone = on_gone
        self._on_there = on_there
        self._before = before
        self._starting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to start everything; opens no connection by itself."""
        await self.connect()
        if self._starting is None:
            self._starting = asyncio.create_task(self._start_all(), name="start subscribers")
        self.running = True

    async def stop(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> None:
        """Leave the groups at once and close, within a bound."""
        starting, self._starting = self._starting, None
        if starting is not None:
            starting.cancel()
            await asyncio.wait([starting])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await super().stop(exc_type, exc_val, exc_tb)

    async def _start_all(self) -> None:
        if self._before is not None:
            await self._patiently(self._before)
        await asyncio.gather(*(self._patiently(partial(_start, each)) for each in self.subscribers))
        if self._on_there is not None:
            self._on_there()

    async def _patiently(self, attempt: Callable[[], Awaitable[None]]) -> None:
        # Nobody awaits this task: whatever it raised, the process would stand there for good, live and never ready.
        pause = _FIRST_PAUSE_SECONDS
        while (error := await _failure(attempt)) is not None:
            if self._on_gone is not None:
                self._on_gone(error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def _failure(attempt: Callable[[], Awaitable[None]]) -> str | None:
    try:
        await attempt()
    except ExactlyOnceError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - said, and tried again
        return f"{type(error).__name__}: {error}"
    return None


async def _start(subscriber: SubscriberUsecase[Any]) -> None:
    try:
        await subscriber.start()
    except BaseException:
        # What has been opened so far must be closed before the next try makes it anew.
        await subscriber.stop()
        raise
