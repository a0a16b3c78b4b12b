"""What a client is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_client.sealing import ServiceKey


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Addresses, the service's public key, and how long to wait.

    Args:
        kafka_bootstrap: ``host:port``, several with commas.
        service_key: what presented recovery codes are sealed to.
        source: the name of the sending service, for its messages.
        database_url: ``postgresql://…``; only ``status`` needs it.
        deadline_seconds: how long an outcome is waited for.
        security: more for every Kafka client: ``security_protocol``, ``ssl_context``, ``sasl_mechanism`` …
    """

    kafka_bootstrap: str
    service_key: ServiceKey
    source: str
    database_url: str | None = field(default=None, repr=False)
    deadline_seconds: float = 10.0
    security: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def options(self) -> dict[str, object]:
        """Keyword arguments for a Kafka client."""
        return {"bootstrap_servers": self.kafka_bootstrap, **self.security}
