"""How to reach the brokers; the same for every client that the adapters open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Connection:
    """Addresses and security of the cluster.

    ``bootstrap`` is ``host:port``, several separated by commas. ``security`` is handed on to every
    client of aiokafka as it is: ``security_protocol``, ``ssl_context``, ``sasl_mechanism`` …
    """

    bootstrap: str
    security: Mapping[str, object] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, object]:
        """Keyword arguments for a client of aiokafka."""
        return {"bootstrap_servers": self.bootstrap, **self.security}
