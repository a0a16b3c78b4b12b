"""The wheel: all that runs, nothing else, and what it needs beside its code is found inside it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from support.repository import ROOT, files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    line = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = directory.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory / "unpacked")
    return directory / "unpacked"


def test_the_wheel_holds_every_file_of_every_package_and_no_other(unpacked: Path) -> None:
    wanted = {_in_wheel(path.relative_to(ROOT)) for path in files("services", "schemas", "infra") if _ships(path)}
    got = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}

    assert {path for path in got if ".dist-info/" not in path} == wanted


def test_the_wheel_brings_the_licence(unpacked: Path) -> None:
    assert [path.name for path in unpacked.glob("*.dist-info/licenses/*")] == ["LICENSE"]


def test_the_migrations_and_the_lock_of_jars_are_found_in_the_wheel(unpacked: Path) -> None:
    program = (
        "import mfa_local.migrations as m, mfa_local.jar_lock as j, mfa_local.schema as s; "
        "print(m.__file__, len(m.migrations()), len(j.locked_jars()) > 0, s.committed().is_file())"
    )
    environment = {"PYTHONPATH": str(unpacked)}
    told = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)

    count = len(list((ROOT / "infra/postgres/migrations").glob("*.sql")))
    assert told.stdout.split() == [str(unpacked / "mfa_local/migrations.py"), str(count), "True", "True"]


def _ships(path: Path) -> bool:
    within = path.relative_to(ROOT).parts
    return within[1].startswith(("mfa_", "exactly_once", "postgres")) and path.suffix != ".pyc"


def _in_wheel(path: Path) -> str:
    parts = path.parts[1:]
    return PurePosixPath(*(("mfa_local", *parts) if parts[0] == "postgres" else parts)).as_posix()
