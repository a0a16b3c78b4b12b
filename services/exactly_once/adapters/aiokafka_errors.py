"""aiokafka's errors in this package's own words."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from aiokafka.errors import (
    ConsumerStoppedError,
    IllegalOperation,
    InvalidProducerEpoch,
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFenced,
    RecordListTooLargeError,
    RecordTooLargeError,
)

from exactly_once.cancelling import is_cancelled
from exactly_once.errors import BrokerError, FencedError, OutputRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCED: Final = (ProducerFenced, InvalidProducerEpoch)
_REFUSED: Final = (MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError, InvalidTimestampError)
# aiokafka asserts its own state: a producer whose sender has died fails the next call with an AssertionError.
_BROKER: Final = (KafkaError, IllegalOperation, ConsumerStoppedError, OSError, AssertionError, NotImplementedError)


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Raise ``FencedError``, ``OutputRefusedError`` or ``BrokerError`` for whatever aiokafka raises inside.

    Args:
        doing: what was tried, for the message: "commit", "read mfa.state 3".
    """
    try:
        yield
    except asyncio.CancelledError as error:
        if is_cancelled():
            raise
        raise BrokerError(f"{doing}: the client library gave up") from error
    except _FENCED as error:
        raise FencedError(f"{doing}: another producer has taken the transactional id ({error!r})") from error
    except _REFUSED as error:
        raise OutputRefusedError(f"{doing}: the broker will never take this: {error!r}") from error
    except _BROKER as error:
        raise BrokerError(f"{doing}: {error!r}") from error
