"""One real PostgreSQL: on 127.0.0.1 and nowhere else, with a random password, as an unprivileged user.

Its data survive a restart.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_local import child
from mfa_local.errors import ServerDiedError
from mfa_local.ports import LOCALHOST
from mfa_local.postgres_home import own
from mfa_local.ready import answers_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from mfa_local.places import Places
    from mfa_local.postgres_home import Home

DATABASE: Final = "mfa"
_USER: Final = "mfa"
_START_S: Final = 30.0
_STOP_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: address of its maintenance database, and its process."""

    url: str
    child: child.Child

    def database(self, name: str) -> str:
        """The address of a database on this server."""
        return f"{self.url.rsplit('/', 1)[0]}/{name}"


@asynccontextmanager
async def running_server(home: Home, places: Places, port: int, password: str) -> AsyncIterator[Server]:
    """Run PostgreSQL until the end of the block; ``password`` counts only when the data directory is new.

    Raises:
        ServerDiedError: it ended, or did not listen within 30 seconds; with the tail of its log.
    """
    if not (home.data / "PG_VERSION").exists():
        await asyncio.to_thread(_initialise, home, places, password)
    started = child.start(_command(home, places, port))
    try:
        await answers_on(port, started, _START_S)
        yield Server(f"postgresql://{_USER}:{password}@{LOCALHOST}:{port}/postgres", started)
    finally:
        # SIGINT is PostgreSQL's "fast shutdown": it ends sessions and writes everything out.
        await child.stop(started, signal.SIGINT, _STOP_S)


def _command(home: Home, places: Places, port: int) -> child.Command:
    only_here = ["-c", f"listen_addresses={LOCALHOST}", "-c", f"port={port}", "-c", "unix_socket_directories="]
    line = [str(home.programs / "postgres"), "-D", str(home.data), *only_here]
    log = places.log / "postgres.log"
    return child.Command("PostgreSQL", line, log, directory=home.data, user=home.user, death_signal=signal.SIGINT)


def _initialise(home: Home, places: Places, password: str) -> None:
    home.data.mkdir(parents=True, exist_ok=True)
    home.data.parent.chmod(0o711)
    own(home, home.data)
    pwfile = home.data.parent / "pwfile"
    try:
        _write_secret(home, pwfile, password)
        _run(home, places, [str(home.programs / "initdb"), *_options(home, pwfile)])
    finally:
        pwfile.unlink(missing_ok=True)


def _options(home: Home, pwfile: Path) -> Sequence[str]:
    # The builtin locale sorts alike on every machine, whatever its C library.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
    entry = [f"--username={_USER}", f"--pwfile={pwfile}", "--auth=scram-sha-256"]
    return [f"--pgdata={home.data}", "--no-sync", *locale, *entry]


def _write_secret(home: Home, file: Path, secret: str) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
        sink.write(secret)
    own(home, file)


def _run(home: Home, places: Places, line: Sequence[str]) -> None:
    places.log.mkdir(parents=True, exist_ok=True)
    log = places.log / "initdb.log"
    started = child.start(child.Command("initdb", line, log, directory=home.data, user=home.user))
    code = child.finish(started, _START_S)
    if code != 0:
        raise ServerDiedError(child.told(started, f"could not make PostgreSQL's data (exit code {code})"))
