"""Where everything is: what ``./run up`` runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mfa_cli.errors import NothingRunningError
from mfa_local.connection import from_json
from mfa_local.places import Places
from mfa_local.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_local.connection import Connection


def connection_now(environ: Mapping[str, str] = os.environ) -> Connection:
    """How to reach what is running.

    Raises:
        NothingRunningError: nothing is, or its file cannot be read.
    """
    file = Places(read_settings(environ).root).connection
    try:
        return from_json(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        told = "expected Kafka and PostgreSQL to run, found none. Start them in another terminal: ./run up"
        raise NothingRunningError(told) from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        told = f"{file.name}: expected what `./run up` writes, got {type(error).__name__}. Start it again: ./run up"
        raise NothingRunningError(told) from None
