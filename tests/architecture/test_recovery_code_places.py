"""One module of the command service opens boxes and compares codes, so that there is one to look at."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from support.repository import name, sources, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONLY: Final = "services/mfa_commands/adapters/codes.py"
TELLING: Final = frozenset({"hpke", "compare_digest", "exchange"})


def test_only_one_module_opens_boxes_and_compares_codes() -> None:
    found = {name(path) for path in sources("services/mfa_commands") if set(_words(path)) & TELLING}

    assert found == {ONLY}


def test_no_code_or_tag_is_compared_with_an_equals_sign() -> None:
    secret = {"tag", "code", "salt", "pepper"}
    found = [
        f"{ONLY}:{node.lineno}"
        for path in sources("services/mfa_commands/adapters")
        if name(path) == ONLY
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare) and {_last(each) for each in (node.left, *node.comparators)} & secret
        if any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
    ]

    assert found == []


def _words(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        match node:
            case ast.ImportFrom(module=str(module)):
                yield module.rpartition(".")[2]
            case ast.Attribute(attr=attr):
                yield attr
            case ast.Name(id=word):
                yield word


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]
