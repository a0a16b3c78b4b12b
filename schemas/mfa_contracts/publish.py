"""Writes what others read of the language: JSON Schemas, the AsyncAPI document, the catalogue in Markdown.

``python -m mfa_contracts.publish`` writes, ``--check`` tells what differs, ``--markdown`` prints the catalogue,
``--freeze`` enters new golden messages into their manifest.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mfa_contracts.publish_asyncapi import asyncapi
from mfa_contracts.publish_catalogue import published
from mfa_contracts.publish_examples import FrozenExampleError, freeze
from mfa_contracts.publish_markdown import markdown
from mfa_contracts.publish_schemas import schema_of
from mfa_contracts.upcasters import UPCASTERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mfa_contracts.upcasters import Json

PUBLISHED: Final = "schemas/published"
EXAMPLES: Final = "schemas/examples"
CATALOGUE: Final = "docs/messages.md"


def files() -> Mapping[str, str]:
    """The text of every published file, by its path from the project's root."""
    schemas = {
        f"{PUBLISHED}/{message.folder}/{message.type_name}.json": _text(schema_of(message)) for message in published()
    }
    return {**schemas, f"{PUBLISHED}/asyncapi.json": _text(asyncapi()), CATALOGUE: markdown()}


def drift(root: Path, older: Collection[str] = UPCASTERS) -> tuple[str, ...]:
    """What under ``root`` differs from the models, a line each.

    Schemas of ``older`` types stay for ever: their messages are still in the log.
    """
    made = files()
    there = {path.relative_to(root).as_posix() for path in (root / PUBLISHED).rglob("*.json")}
    strays = sorted(path for path in there - made.keys() if Path(path).stem not in older)
    changed = [f"differs or is missing: {path}" for path, text in made.items() if _read(root / path) != text]
    return (*changed, *(f"no such message: {path}" for path in strays))


def write(root: Path) -> None:
    """Write every published file under ``root``."""
    for path, text in files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments ask; the exit code is 1 for a drift or a changed example."""
    asked = _parser().parse_args(arguments)
    if asked.markdown:
        sys.stdout.write(markdown())
        return 0
    if asked.freeze:
        return _freeze(asked.root)
    if asked.check:
        return _check(asked.root)
    write(asked.root)
    return 0


def _check(root: Path) -> int:
    found = drift(root)
    sys.stdout.writelines(f"{line}\n" for line in found)
    if found:
        sys.stdout.write("run `python -m mfa_contracts.publish` and look at what changed\n")
    return 1 if found else 0


def _freeze(root: Path) -> int:
    try:
        freeze(root / EXAMPLES)
    except FrozenExampleError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mfa_contracts.publish", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(), help="the project's root (default: here)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="tell what differs from the models; exit 1 if anything does")
    what.add_argument("--markdown", action="store_true", help="print the message catalogue")
    what.add_argument("--freeze", action="store_true", help="enter new golden messages into their manifest")
    return parser


def _text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
