"""Says in plain words that a disk is full, wherever that shows: in our own writing or in a server's log."""

from __future__ import annotations

import errno
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from mfa_local.errors import DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_SAID: Final = re.compile("no space left on device|disk quota exceeded", re.IGNORECASE)


@contextmanager
def room_needed(directory: Path, what: str, otherwise: str) -> Iterator[None]:
    """Run the block; ``what`` is what goes below ``directory``, ``otherwise`` how to put it elsewhere.

    Raises:
        DiskFullError: there was no room, or the user's quota is used up.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFullError(
            f"{directory}: expected room for {what}, but the disk is full. Free some, or set {otherwise} to a "
            "directory on another disk, and start again."
        ) from error


def hint(log: str) -> str:
    """What to do about the end of a server's log, as a sentence before it; empty if it does not say."""
    return "The disk is full: free some room and start again. " if _SAID.search(log) else ""
