"""Fetches the locked jars once: in parallel, resumed after a break, checked, and put in place by a rename.

The cache is shared by all checkouts of a user, so a lock file keeps two processes from writing the same half download.
"""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import Progress

from mfa_local.errors import ChecksumWrongError, DownloadFailedError
from mfa_local.room import room_needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from threading import Event

    from mfa_local.jar_lock import Jar

_PARALLEL: Final = 8
_TIMEOUT_S: Final = 60
_CHUNK_BYTES: Final = 1 << 16
_PARTIAL_CONTENT: Final = 206
_RANGE_NOT_SATISFIABLE: Final = 416


def fetch(jars: Sequence[Jar], repository: str, directory: Path, stop: Event) -> tuple[Path, ...]:
    """Have every jar in ``directory``, byte for byte as locked; what is there and right is not fetched again.

    ``repository`` is the address of a Maven repository without a slash at its end. Setting ``stop`` ends a download
    that is under way as if the connection had broken.

    Raises:
        DownloadFailedError: the repository cannot be reached or has no such file.
        ChecksumWrongError: a file is whole but differs from the lock.
        DiskFullError: no room.
    """
    with room_needed(directory, "about 50 MB of jars", "XDG_CACHE_HOME"):
        directory.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(directory):
            missing = [jar for jar in jars if not is_right(directory / jar.file_name, jar)]
            _fetch_all(missing, repository, directory, stop)
    return tuple(directory / jar.file_name for jar in jars)


def is_right(file: Path, jar: Jar) -> bool:
    """Is the file there, and the locked one?"""
    return file.is_file() and _sha256(file) == jar.sha256


def _fetch_all(jars: Sequence[Jar], repository: str, directory: Path, stop: Event) -> None:
    if not jars:
        return
    with (
        Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress,
        ThreadPoolExecutor(_PARALLEL) as pool,
    ):
        task = progress.add_task("Apache Kafka's jars", total=len(jars))
        for _ in pool.map(lambda jar: _fetch_one(jar, f"{repository}/{jar.path}", directory, stop), jars):
            progress.advance(task)


def _fetch_one(jar: Jar, url: str, directory: Path, stop: Event) -> None:
    part = directory / f"{jar.file_name}.part"
    resumed = part.exists()
    _download(url, part, stop)
    if resumed and not is_right(part, jar):
        # The half that was there may be of another day; only a whole download can be called wrong.
        part.unlink()
        _download(url, part, stop)
    _accept(jar, url, part, directory / jar.file_name)


def _accept(jar: Jar, url: str, part: Path, file: Path) -> None:
    got = _sha256(part)
    if got != jar.sha256:
        part.unlink()
        raise ChecksumWrongError(
            f"{url}: expected sha256 {jar.sha256}, got {got}. The file was thrown away. A proxy or mirror may "
            "have changed it: try again, or set MFA_MAVEN_REPO_URL to a repository that you trust."
        )
    part.replace(file)


def _download(url: str, part: Path, stop: Event) -> None:
    try:
        _append(url, part, stop)
    except urllib.error.HTTPError as error:
        if error.code != _RANGE_NOT_SATISFIABLE:
            raise _failed(url, error) from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise _failed(url, error) from error


def _append(url: str, part: Path, stop: Event) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310  # scheme is checked in settings
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  # the same
        continues = getattr(answer, "status", None) == _PARTIAL_CONTENT
        with part.open("ab" if continues else "wb") as sink:
            while chunk := answer.read(_CHUNK_BYTES):
                sink.write(chunk)
                if stop.is_set():
                    raise ConnectionAbortedError("stopped")
        # A connection that closes too early looks like an end; only the count tells.
        if missing := getattr(answer, "length", None):
            raise http.client.IncompleteRead(b"", missing)


def _failed(url: str, error: Exception) -> DownloadFailedError:
    return DownloadFailedError(
        f"{url}: expected a jar, got: {error}. Is there a network? Behind a proxy set HTTPS_PROXY (and "
        "SSL_CERT_FILE for its certificate); with a mirror set MFA_MAVEN_REPO_URL. What came so far is kept: start "
        "again to go on."
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


@contextmanager
def _one_at_a_time(directory: Path) -> Iterator[None]:
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
