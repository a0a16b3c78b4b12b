"""Which backend: configured servers, else containers if a Docker engine answers, else embedded. Never none."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from mfa_local.errors import BadSettingError

if TYPE_CHECKING:
    from mfa_local.settings import Backend, Choice, Settings

_PING_S: Final = 2.0
_PING: Final = b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n"


def choose_backend(settings: Settings, choice: Choice) -> Backend:
    """The backend to use.

    Raises:
        BadSettingError: the one asked for cannot be had.
    """
    if choice == "configured" and settings.configured is None:
        raise BadSettingError("backend configured: set KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL to your own servers.")
    if choice == "containers" and not docker_answers(settings.docker_socket):
        raise BadSettingError("backend containers: no Docker engine answers. Start it, or use the backend embedded.")
    if choice != "auto":
        return choice
    if settings.configured is not None:
        return "configured"
    return "containers" if docker_answers(settings.docker_socket) else "embedded"


def docker_answers(socket_path: str) -> bool:
    """Does an engine answer a ping on this machine within two seconds, and are the test dependencies here?

    A Docker client alone does not count, nor an engine elsewhere: its ports would not be ours.
    """
    return find_spec("testcontainers") is not None and _pings(socket_path)


def _pings(socket_path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as engine:
        engine.settimeout(_PING_S)
        try:
            engine.connect(socket_path)
            engine.sendall(_PING)
            return b" 200 " in engine.recv(64)
        except OSError:
            return False
