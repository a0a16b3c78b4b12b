"""The project's own files, for the rules that are about the code itself."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
CODE: Final = ("schemas", "services", "infra", "tests")

_PLACES: Final = (*CODE, "docs", "requirements", ".ci")
_NOT_OURS: Final = frozenset({"__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"})


@dataclass(frozen=True, slots=True)
class Import:
    """Who imports what; ``module`` is the whole dotted name."""

    file: Path
    module: str

    @property
    def package(self) -> str:
        """The first part of the name."""
        return self.module.partition(".")[0]


def files(*places: str) -> tuple[Path, ...]:
    """All files below these directories of the project, without caches."""
    found = (path for place in places for path in (ROOT / place).rglob("*") if path.is_file())
    return tuple(sorted(path for path in found if not _NOT_OURS & set(path.parts)))


def everything() -> tuple[Path, ...]:
    """Every file that is meant to be committed."""
    return (*(path for path in sorted(ROOT.iterdir()) if path.is_file()), *files(*_PLACES))


def sources(*places: str) -> tuple[Path, ...]:
    """The Python files below these directories."""
    return tuple(path for path in files(*places) if path.suffix == ".py")


def name(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


def must_be_empty(found: Iterable[str]) -> None:
    """Fail with every finding on a line of its own."""
    lines = list(found)
    assert not lines, "\n".join(["found:", *lines])


def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[Import]:
    """Everything that a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names=names):
                yield from (Import(path, alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield Import(path, module)
