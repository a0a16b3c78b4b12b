"""Broker and database as all projectors of a projection see them: a loss is said once, and so is the return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once.observations import BrokerBack, BrokerLost
from mfa_projections.projecting.observations import DatabaseBack, DatabaseLost

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_projections.projecting.observations import Observation


class Outages:
    """What cannot be reached just now; None when it can."""

    def __init__(self, observe: Callable[[Observation], None]) -> None:
        self._observe = observe
        self.broker: str | None = None
        self.database: str | None = None

    def broker_gone(self, error: str) -> None:
        """Note that the broker does not answer."""
        if self.broker is None:
            self._observe(BrokerLost(error))
        self.broker = error

    def broker_there(self) -> None:
        """Note that the broker has answered."""
        if self.broker is not None:
            self._observe(BrokerBack())
        self.broker = None

    def database_gone(self, error: str) -> None:
        """Note that the database cannot be used."""
        if self.database is None:
            self._observe(DatabaseLost(error))
        self.database = error

    def database_there(self) -> None:
        """Note that the database has answered."""
        if self.database is not None:
            self._observe(DatabaseBack())
        self.database = None
