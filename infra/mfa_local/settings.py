"""Every setting of the local servers, read once from the environment; nothing else in this package reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args
from urllib.parse import urlsplit

from mfa_contracts.topics import EMBEDDED_PARTITIONS, SUGGESTED_PARTITIONS
from mfa_local.errors import BadSettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

Backend = Literal["configured", "containers", "embedded"]
"""Where Kafka and PostgreSQL come from."""

Choice = Literal["auto", "configured", "containers", "embedded"]
"""What may be asked for; ``auto`` takes the first of the three that can be had."""

_DOCKER: Final = "unix:///var/run/docker.sock"
CHECKOUT: Final = Path(__file__).resolve().parents[2]


ENVIRONMENT: Final = {
    "KAFKA_BOOTSTRAP_SERVERS": "Your own Kafka, `host:port` with commas; `DATABASE_URL` must be set too.",
    "DATABASE_URL": "Your own PostgreSQL, `postgresql://USER:PASSWORD@HOST:PORT/NAME`.",
    "MFA_EMBEDDED": "`1`: your own Kafka is one broker, so topics have one copy.",
    "MFA_PARTITIONS": "Partitions of every topic, fixed at installation (12, or 48 on your own Kafka).",
    "MFA_LOCAL_DIR": "Where local servers keep data, secrets and logs (`.local`).",
    "MFA_MAVEN_REPO_URL": "A mirror for Kafka's jars.",
    "MFA_TEST_BACKEND": "For tests: `auto`, `configured`, `containers` or `embedded`.",
    "MFA_PYTHON": "The Python that `./run` uses.",
}
"""What the launcher reads, for people."""


@dataclass(frozen=True, slots=True)
class Configured:
    """Servers that are already there: ``host:port[,host:port]`` and a ``postgresql://`` address."""

    kafka_bootstrap: str
    database_url: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the launcher was told.

    ``single_broker`` says that a configured Kafka is one node, so that topics have one copy. ``partitions`` counts the
    partitions of every topic.
    """

    root: Path
    cache: Path
    maven: str
    configured: Configured | None
    single_broker: bool
    partitions: int
    docker_socket: str


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings.

    Raises:
        BadSettingError: a value cannot be right, or only one of the two servers is configured.
    """
    configured = _configured(environ)
    single_broker = configured is None or environ.get("MFA_EMBEDDED") == "1"
    return Settings(
        root=Path(environ.get("MFA_LOCAL_DIR") or _default_root()).absolute(),
        cache=cache_directory(environ),
        maven=maven_repository(environ),
        configured=configured,
        single_broker=single_broker,
        partitions=_partitions(environ, EMBEDDED_PARTITIONS if single_broker else SUGGESTED_PARTITIONS),
        docker_socket=environ.get("DOCKER_HOST", _DOCKER).removeprefix("unix://"),
    )


def maven_repository(environ: Mapping[str, str]) -> str:
    """Address of the Maven repository: ``MFA_MAVEN_REPO_URL``, or the one that every Maven client asks."""
    url = environ.get("MFA_MAVEN_REPO_URL") or _maven_central()
    if urlsplit(url).scheme not in {"https", "http", "file"}:
        raise BadSettingError(f"MFA_MAVEN_REPO_URL: expected an http(s) or file address, got {url!r}.")
    return url.rstrip("/")


def cache_directory(environ: Mapping[str, str]) -> Path:
    """Where downloads are kept for all checkouts of this user (XDG base directory specification)."""
    base = environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "mfa-recovery"


def parse_choice(text: str) -> Choice:
    """A backend's name as asked for on a command line.

    Raises:
        BadSettingError: there is no such backend.
    """
    for choice in get_args(Choice):
        if text == choice:
            return choice  # type: ignore[no-any-return]  # get_args has no types; the loop is the check
    raise BadSettingError(f"backend: expected one of {', '.join(get_args(Choice))}, got {text!r}.")


def _configured(environ: Mapping[str, str]) -> Configured | None:
    kafka, database = environ.get("KAFKA_BOOTSTRAP_SERVERS"), environ.get("DATABASE_URL")
    if not kafka and not database:
        return None
    if not kafka or not database:
        missing = "DATABASE_URL" if kafka else "KAFKA_BOOTSTRAP_SERVERS"
        raise BadSettingError(f"expected both servers or neither; {missing} is not set. Set it, or unset the other.")
    return Configured(kafka, database)


def _partitions(environ: Mapping[str, str], default: int) -> int:
    text = environ.get("MFA_PARTITIONS") or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:  # noqa: PLR2004  # bounds of a plausible count
        raise BadSettingError(f"MFA_PARTITIONS: expected a number from 1 to 10000, got {text!r}.")
    return int(text)


def _default_root() -> Path:
    in_checkout = (CHECKOUT / "pyproject.toml").is_file()
    return (CHECKOUT if in_checkout else Path.cwd()) / ".local"


def _maven_central() -> str:
    # Late, because only a download needs it and it costs a start-up 50 ms.
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415  # see above

    return MAVEN_CENTRAL_URL
