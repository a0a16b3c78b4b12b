"""The configured backend: servers that are already there, which we only use."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mfa_local.errors import BadSettingError
from mfa_local.servers import Servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mfa_local.settings import Settings


@asynccontextmanager
async def configured_servers(settings: Settings) -> AsyncIterator[Servers]:
    """Hand on what was configured.

    Raises:
        BadSettingError: nothing was.
    """
    if settings.configured is None:
        raise BadSettingError("expected KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL, got neither. Set both.")
    yield Servers(settings.configured.kafka_bootstrap, settings.configured.database_url, "as configured", ())
