"""Free ports on 127.0.0.1, the same as last time where nobody else took them meanwhile."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LOCALHOST: Final = "127.0.0.1"


def choose(names: Sequence[str], remembered: Path) -> Mapping[str, int]:
    """A free port for each name; written to ``remembered`` so that the next start can ask for the same."""
    before = _read(remembered)
    taken: dict[str, int] = {}
    for name in names:
        last = before.get(name)
        keeps = last is not None and last not in taken.values() and is_free(last)
        taken[name] = last if keeps and last is not None else free_port()
    remembered.parent.mkdir(parents=True, exist_ok=True)
    remembered.write_text(json.dumps({**before, **taken}), encoding="utf-8")
    return taken


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Could we listen there now?"""
    with socket.socket() as probe:
        # As servers do: a connection that is still closing does not make the port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
        return True


def _read(remembered: Path) -> Mapping[str, int]:
    try:
        found = json.loads(remembered.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {name: port for name, port in found.items() if isinstance(port, int)}
