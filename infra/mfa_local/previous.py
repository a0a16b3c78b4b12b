"""Waits until servers of a launcher that was killed have shut down in order; until then the data are still theirs."""

from __future__ import annotations

import asyncio
import fcntl
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE_S: Final = 15.0
_POLL_S: Final = 0.05


async def previous_are_gone(kafka_data: Path, postgres_data: Path) -> None:
    """Return when neither directory is in use, or after 15 seconds: a server then says itself what is wrong."""
    clock = asyncio.get_running_loop().time
    end = clock() + _PATIENCE_S
    while (_locked(kafka_data / ".lock") or _lives(postgres_data / "postmaster.pid")) and clock() < end:  # noqa: ASYNC110  # other processes set no event of ours
        await asyncio.sleep(_POLL_S)


def _locked(file: Path) -> bool:
    # Java takes a POSIX record lock, so asking for the same kind tells; closing the file lets go of it again.
    if not file.exists():
        return False
    with file.open("r+") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _lives(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text().split(maxsplit=1)[0]), 0)
    except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
        return False
    except PermissionError:
        return True
    return True
