"""Rules for every file: it is short, it says why, and it knows no machine and no package registry."""

from __future__ import annotations

import ast
import re
import tokenize
from typing import TYPE_CHECKING, Final

import pytest

from support.repository import CODE, ROOT, everything, files, must_be_empty, name, sources, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES_MAX: Final = 300
GENERATED: Final = frozenset({"infra/postgres/schema.sql"})

# Written in parts, so that these files do not find themselves.
HOMES: Final = tuple(f"/{first}/" for first in ("home", "root", "Users", "work"))
REGISTRIES: Final = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("maven", "org"),
        ("maven", "apache", "org"),
        ("npmjs", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("proxy", "golang", "org"),
    )
)
WAYS_TO_SKIP: Final = frozenset({"skip", "skipif", "xfail", "importorskip", "skipTest"})
SUPPRESSION: Final = re.compile(r"noqa(?!:)|noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|type: ignore(\[[a-z, -]+\])?")
REASON: Final = re.compile(r"\s*(#|-|—)\s*\w+( \w+|\W)")


def test_no_file_knows_a_machine() -> None:
    must_be_empty(told for path in everything() for told in _holding(path, (*HOMES, str(ROOT))))


def test_no_file_names_a_package_registry() -> None:
    must_be_empty(told for path in everything() for told in _holding(path, REGISTRIES))


@pytest.mark.parametrize("suffix", [".py", ".sql"])
def test_a_file_is_at_most_300_lines_long(suffix: str) -> None:
    written = [path for path in files(*CODE) if path.suffix == suffix and name(path) not in GENERATED]

    must_be_empty(f"{name(path)}: {_lines(path)}" for path in written if _lines(path) > LINES_MAX)


def test_the_first_line_of_a_query_says_why() -> None:
    queries = [path for path in files(*CODE) if path.suffix == ".sql"]

    must_be_empty(name(path) for path in queries if not _says_why(path))


def test_a_suppressed_warning_gives_its_reason_on_the_line() -> None:
    must_be_empty(told for path in sources(*CODE) for told in _without_reason(path))


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    must_be_empty(told for path in sources("tests") for told in _skips(path))


def _holding(path: Path, words: tuple[str, ...]) -> Iterator[str]:
    text = path.read_bytes().decode(errors="replace")
    yield from (f"{name(path)}: {word}" for word in words if word in text)


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _says_why(path: Path) -> bool:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return re.match(r"-- (?!migrate:)\w+ .*\w+", first) is not None


def _without_reason(path: Path) -> Iterator[str]:
    with path.open("rb") as source:
        comments = [token for token in tokenize.tokenize(source.readline) if token.type == tokenize.COMMENT]
    for comment in comments:
        found = SUPPRESSION.search(comment.string)
        if found and not REASON.match(comment.string, found.end()):
            yield f"{name(path)}:{comment.start[0]}: {comment.string}"


def _skips(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in WAYS_TO_SKIP and ast.unparse(node).startswith("pytest."):
            yield f"{name(path)}:{node.lineno}: {ast.unparse(node)}"
