"""Clock, ids and randomness come in as values: what decides, folds or leases asks nobody for them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

import pytest

from support.repository import imports, must_be_empty, name, sources, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PURE: Final = (
    "schemas/mfa_contracts",
    "services/exactly_once",
    "services/mfa_commands/domain",
    "services/mfa_commands/handling",
    "services/mfa_projections/streams",
    "services/mfa_projections/views",
)

ASKS: Final = frozenset(
    {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "time.monotonic",
        "time.sleep",
        "uuid.uuid4",
        "uuid4",
        "uuid1",
        "os.urandom",
        "urandom",
        "secrets.token_bytes",
        "secrets.choice",
        "random.random",
    }
)

STARTS: Final = frozenset({"concurrent", "multiprocessing", "signal", "socket", "subprocess", "threading"})


@pytest.mark.parametrize("place", PURE)
def test_what_is_pure_asks_for_no_clock_no_id_and_no_randomness(place: str) -> None:
    must_be_empty(asked for path in _without_adapters(place) for asked in _asks(path))


@pytest.mark.parametrize("place", PURE)
def test_what_is_pure_starts_no_thread_and_no_process(place: str) -> None:
    found = [each for path in _without_adapters(place) for each in imports(path)]

    must_be_empty(f"{name(each.file)}: {each.module}" for each in found if each.package in STARTS)


def _without_adapters(place: str) -> list[Path]:
    return [path for path in sources(place) if "adapters" not in path.parts]


def _asks(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKS:
            yield f"{name(path)}:{node.lineno}: {ast.unparse(node.func)}"
