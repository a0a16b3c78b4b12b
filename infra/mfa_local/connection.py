"""How to reach what is running; the one value that demo, workers and tests are given."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_local.settings import Backend


@dataclass(frozen=True, slots=True)
class Connection:
    """Addresses and secrets of a running Kafka and PostgreSQL.

    ``embedded`` says that Kafka is one broker, so that topics have one copy. ``secrets_dir`` holds the files of
    ``mfa_local.secrets``. ``log_dir`` takes the logs of servers and workers.
    """

    backend: Backend
    kafka_bootstrap: str
    database_url: str
    embedded: bool
    partitions: int
    secrets_dir: Path
    log_dir: Path
    kafka_version: str
    postgres_version: str

    def describe(self) -> str:
        """One line for people; without the password."""
        servers = f"Kafka {self.kafka_version} on {self.kafka_bootstrap}, PostgreSQL {self.postgres_version} on"
        return f"{self.backend}: {servers} {without_password(self.database_url)}"

    def environment(self) -> Mapping[str, str]:
        """What a worker is told, as environment variables."""
        return {
            "MFA_KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "MFA_DATABASE_URL": self.database_url,
            "MFA_SECRETS_DIR": str(self.secrets_dir),
            "MFA_EMBEDDED": "1" if self.embedded else "0",
        }


def to_json(connection: Connection) -> str:
    """As written to ``.local/connection.json``."""
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(connection).items()}
    return json.dumps(plain, indent=2) + "\n"


def from_json(text: str) -> Connection:
    """Read what ``to_json`` wrote."""
    plain = json.loads(text)
    return Connection(**{**plain, "secrets_dir": Path(plain["secrets_dir"]), "log_dir": Path(plain["log_dir"])})


def without_password(url: str) -> str:
    """A database's address that may be shown."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    return urlunsplit(parts._replace(netloc=f"{user}{host}"))
