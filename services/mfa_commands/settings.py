"""The settings of the command service: environment variables with the prefix ``MFA_``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from exactly_once.adapters.environment import Name, Servers, what_is_wrong
from mfa_commands.errors import SettingError


class Settings(BaseSettings):
    """Read from the environment; keys and peppers are files, never settings."""

    model_config = SettingsConfigDict(env_prefix="MFA_", frozen=True, extra="ignore", hide_input_in_errors=True)

    kafka_bootstrap: Servers = Field(description="Kafka brokers to begin with: `host:port`, several with commas.")
    secrets_dir: Path = Field(
        description="Directory of `issuers.jwks.json`, `sealing-private.json` and `peppers.json`, closed to others."
    )
    embedded: bool = Field(default=False, description="One local broker: topics with a single copy are accepted.")
    group: Name = Field(default="mfa-commands", description="Consumer group; all workers share one.")
    http_host: str = Field(
        default="127.0.0.1", description="Address of `/health/live`, `/health/ready` and `/metrics`."
    )
    http_port: int = Field(default=8080, ge=1, le=65535, description="Port of the same.")
    batch_records: int = Field(default=500, ge=1, le=5000, description="Most commands in one transaction.")
    batch_bytes: int = Field(
        default=1024 * 1024, ge=64 * 1024, le=16 * 1024 * 1024, description="Most bytes of commands in one transaction."
    )
    stuck_after_seconds: int = Field(
        default=120,
        ge=10,
        le=3600,
        description="`/health/live` fails when a partition with work has not moved for so long.",
    )


def read_settings() -> Settings:
    """The settings in the environment.

    Raises:
        SettingError: naming each variable that is missing or makes no sense; values are not quoted.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingError(what_is_wrong(error, Settings)) from None
