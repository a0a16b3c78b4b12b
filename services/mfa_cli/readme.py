"""The tables of README.md, written from the code: ``python -m mfa_cli.readme``, or ``--check`` for what has drifted."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from mfa_commands.settings import Settings as CommandSettings
from mfa_contracts.publish_catalogue import first_sentence, meaning, published
from mfa_contracts.publish_markdown import table
from mfa_contracts.publish_topics import READERS, kept
from mfa_contracts.topics import catalogue
from mfa_local.settings import CHECKOUT, ENVIRONMENT
from mfa_projections.settings import Settings as ProjectionSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic_settings import BaseSettings

README: Final = CHECKOUT / "README.md"
_SERVICES: Final = (("mfa_commands", CommandSettings), ("mfa_projections", ProjectionSettings))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the tables, or check them; exit code 1: they have drifted."""
    parser = argparse.ArgumentParser(prog="python -m mfa_cli.readme", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, say what has drifted")
    before = README.read_text(encoding="utf-8")
    after = with_tables(before)
    if not parser.parse_args(arguments).check:
        README.write_text(after, encoding="utf-8")
        return 0
    if before != after:
        sys.stderr.write("README.md is not what the code says. Run: python -m mfa_cli.readme\n")
        return 1
    return 0


def with_tables(readme: str) -> str:
    """The text with its tables as the code has them now.

    Raises:
        ValueError: a marker is missing.
    """
    for name, block in (("events", _events()), ("topics", _topics()), ("settings", _settings())):
        readme = _between(readme, name, block)
    return readme


def _between(readme: str, name: str, block: str) -> str:
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    before, found, rest = readme.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"expected the markers {begin} and {end} in README.md, one is missing; put them back")
    return f"{before}{begin}\n\n{block}\n\n{end}{after}"


def _events() -> str:
    rows = ((f"`{each.name}`", first_sentence(meaning(each))) for each in published() if each.folder == "events")
    return table(("event", "what happened"), rows)


def _topics() -> str:
    rows = ((f"`{t.name}`", t.written_by, ", ".join(READERS[t.name]), kept(t)) for t in catalogue())
    return table(("topic", "written by", "read by", "kept"), rows)


def _settings() -> str:
    return table(("variable", "of", "default", "what it is"), (*_of_services(), *_of_run()))


def _of_services() -> Iterator[tuple[str, str, str, str]]:
    seen: dict[str, tuple[list[str], str, str]] = {}
    for service, settings in _SERVICES:
        for variable, default, told in _fields(settings):
            services, *_ = seen.setdefault(f"{variable} {default}", ([], default, told))
            services.append(service)
    for key, (services, default, told) in seen.items():
        yield f"`{key.split(' ', maxsplit=1)[0]}`", ", ".join(services), default, told


def _fields(settings: type[BaseSettings]) -> Iterator[tuple[str, str, str]]:
    for name, field in settings.model_fields.items():
        default = "required" if field.is_required() else f"`{field.default}`"
        yield f"MFA_{name.upper()}", default, field.description or ""


def _of_run() -> Iterator[tuple[str, str, str, str]]:
    return ((f"`{variable}`", "`./run`", "", told) for variable, told in ENVIRONMENT.items())


if __name__ == "__main__":
    raise SystemExit(main())
