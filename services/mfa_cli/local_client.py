"""A client that signs as the local gateway would: with the key that ``./run up`` has made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mfa_client import ClientSettings, MfaClient, local_signer, read_service_key

if TYPE_CHECKING:
    from mfa_local.connection import Connection

ISSUER: Final = "https://local.mfa.test"


def local_client(connection: Connection, source: str) -> MfaClient:
    """A client of what ``./run up`` runs; ``source`` names the program in messages and audit records.

    Raises:
        SettingError: a key file is missing.
    """
    secrets = connection.secrets_dir
    settings = ClientSettings(
        kafka_bootstrap=connection.kafka_bootstrap,
        service_key=read_service_key(secrets / "sealing-public.json"),
        source=source,
        database_url=connection.database_url,
    )
    return MfaClient(settings, local_signer(secrets / "issuer-private.jwk.json", ISSUER, source, _now))


def _now() -> datetime:
    return datetime.now(UTC)
