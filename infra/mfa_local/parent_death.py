"""Starts a command that dies with its parent, also when the parent is killed with -9.

Run by path in isolated mode (``python -I -S parent_death.py …``) with nothing but the standard library:

    parent_death.py exec  PARENT SIGNAL UID GID -- COMMAND …    Linux: asks the kernel, then becomes the command
    parent_death.py watch PIPE   SIGNAL UID GID -- COMMAND …    elsewhere: stays, and watches a pipe that closes

Linux ties the death signal to the *thread* that started us, so ``exec`` is only right for a main thread; and it forgets
the signal when the user changes, so we change the user first. UID and GID are -1 to stay who we are.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_STAY: Final = -1
_TICK_S: Final = 0.1
_PARENT_IS_GONE: Final = 125


def main(arguments: list[str]) -> int:
    """Follow the arguments above; the answer is an exit code."""
    mode, watched, number, uid, gid, _, *command = arguments
    prctl = _prctl() if mode == "exec" else None
    _become(int(uid), int(gid))
    if prctl is None:
        return _watch(int(watched), int(number), command)
    prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() == int(watched):
        os.execv(command[0], command)  # noqa: S606  # an argument list of our own, no shell
    # It went before the kernel knew that we care.
    return _PARENT_IS_GONE


def _prctl() -> ctypes._NamedFuncPointer:
    # Loaded before the user changes: an unprivileged user may not be able to read the interpreter's files.
    return ctypes.CDLL(None, use_errno=True).prctl


def _become(uid: int, gid: int) -> None:
    if uid != _STAY:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _watch(pipe: int, number: int, command: list[str]) -> int:
    child = subprocess.Popen(command, close_fds=True)  # noqa: S603  # an argument list of our own, no shell
    for forwarded in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(forwarded, lambda got, _frame: child.send_signal(got))
    while child.poll() is None:
        readable, _, _ = select.select([pipe], [], [], _TICK_S)
        if readable and not os.read(pipe, 1):
            child.send_signal(number)
            return child.wait()
    return child.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
