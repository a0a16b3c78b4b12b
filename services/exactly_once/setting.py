"""What all leases of a worker share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from exactly_once.application import OverlayT, StateT

if TYPE_CHECKING:
    from collections.abc import Callable

    from exactly_once.application import Application, Spec
    from exactly_once.limits import Limits
    from exactly_once.protocols import Consumer, Log, Observer, ProducerFactory


@dataclass(frozen=True, slots=True)
class Setting(Generic[StateT, OverlayT]):
    """An application and the ports it runs on. ``spread`` draws from 0 … 1, for waits that should not coincide."""

    spec: Spec
    application: Application[StateT, OverlayT]
    producers: ProducerFactory
    consumer: Consumer
    log: Log
    observe: Observer
    limits: Limits
    spread: Callable[[], float]
