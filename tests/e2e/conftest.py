"""The demo run once as a user runs it, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_local import postgres_home
from mfa_local.places import Places
from support.moving_house import lived

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.moving_house import Day


@dataclass(frozen=True)
class DemoRun:
    """How it ended, what it printed, and where its data lie."""

    code: int
    printed: str
    complained: str
    home: Path

    @property
    def environ(self) -> Mapping[str, str]:
        """For servers on the same data."""
        return own_servers(self.home)


def own_servers(home: Path) -> Mapping[str, str]:
    """An environment in which servers are begun in ``home``, whose data are there at the next start."""
    # What is damaged here must be nobody else's, so configured servers and containers are kept out of sight.
    hidden = {"KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "MFA_EMBEDDED", "MFA_PARTITIONS"}
    seen = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**seen, "MFA_LOCAL_DIR": str(home), "DOCKER_HOST": f"unix://{home}/no-docker.sock"}


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoRun]:
    """``./run demo`` in an empty directory of its own."""
    with tempfile.TemporaryDirectory(prefix="mfa-demo-") as home:
        told = own_servers(Path(home))
        command = [sys.executable, "-m", "mfa_cli", "demo"]
        done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=240, check=False)
        yield DemoRun(done.returncode, done.stdout, done.stderr, Path(home))
        postgres_home.forget(Places(Path(home)))


@pytest.fixture(scope="session")
def day() -> Iterator[Day]:
    """A day's events on a cluster of two partitions that is gone, and their backup."""
    with tempfile.TemporaryDirectory(prefix="mfa-day-") as home:
        yield lived(Path(home) / "old")
