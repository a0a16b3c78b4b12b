"""Every setting of the service, read once from the environment and named in one place."""

from __future__ import annotations

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from exactly_once.adapters.environment import Name, Servers, what_is_wrong
from mfa_projections.errors import SettingError


class Settings(BaseSettings):
    """Read from the environment."""

    model_config = SettingsConfigDict(env_prefix="MFA_", frozen=True, extra="ignore", hide_input_in_errors=True)

    kafka_bootstrap: Servers = Field(description="Kafka brokers to begin with: `host:port`, several with commas.")
    database_url: SecretStr = Field(description="The database: `postgresql://USER:PASSWORD@HOST:PORT/NAME`.")
    projections_group: Name = Field(
        default="mfa-projections", description="Begins the consumer groups; all workers share them."
    )
    http_host: str = Field(
        default="127.0.0.1", description="Address of `/health/live`, `/health/ready` and `/metrics`."
    )
    http_port: int = Field(default=8081, ge=1, le=65535, description="Port of the same.")
    database_connections: int = Field(default=4, ge=1, le=100, description="Most connections to the database at once.")
    projection_records: int = Field(default=1000, ge=1, le=5000, description="Most events in one database transaction.")
    relay_records: int = Field(default=500, ge=1, le=5000, description="Most events in one transaction of the relay.")
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
