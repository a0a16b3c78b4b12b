"""What a package may lean on, where import-linter has no word for "nothing but"."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from support.repository import files, imports, must_be_empty, name, sources

if TYPE_CHECKING:
    from pathlib import Path


def test_the_language_needs_nothing_but_pydantic() -> None:
    must_be_empty(_foreign(sources("schemas/mfa_contracts"), {"mfa_contracts", "pydantic", "pydantic_core"}))


def test_leases_need_nothing_outside_their_adapters() -> None:
    files = [path for path in sources("services/exactly_once") if "adapters" not in path.parts]

    must_be_empty(_foreign(files, {"exactly_once"}))


def test_the_decider_needs_only_the_language_and_a_packer() -> None:
    must_be_empty(_foreign(sources("services/mfa_commands/domain"), {"mfa_commands", "mfa_contracts", "msgspec"}))


@pytest.mark.parametrize("place", ["services/mfa_projections/views", "services/mfa_projections/streams"])
def test_views_and_streams_need_only_the_language(place: str) -> None:
    must_be_empty(_foreign(sources(place), {"mfa_projections", "mfa_contracts", "msgspec", "pydantic"}))


def test_no_service_uses_the_guessable_random_numbers() -> None:
    must_be_empty(_who("random", sources("services", "schemas")))


def test_no_test_replaces_the_inside_of_what_it_tests() -> None:
    must_be_empty(_who("unittest.mock", sources("tests")))


def test_no_module_is_named_after_nothing() -> None:
    empty = {"utils", "util", "common", "helpers", "helper", "manager", "core", "misc"}

    must_be_empty(name(path) for path in files("schemas", "services", "infra", "tests") if empty & _words(path))


def _words(path: Path) -> set[str]:
    return {path.stem, *path.relative_to(path.anchor).parent.parts[-3:]}


def _foreign(paths: list[Path] | tuple[Path, ...], allowed: set[str]) -> list[str]:
    fine = allowed | sys.stdlib_module_names
    return [
        f"{name(found.file)}: {found.module}" for path in paths for found in imports(path) if found.package not in fine
    ]


def _who(module: str, paths: list[Path] | tuple[Path, ...]) -> list[str]:
    found = (each for path in paths for each in imports(path))
    return [name(each.file) for each in found if each.module == module or each.module.startswith(f"{module}.")]
