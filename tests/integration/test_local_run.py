"""`./run` on machines that lack something: it says what is missing and what to do, and mends what it can."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pytest

from support.repository import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOOLS: Final = ("basename", "cat", "cksum", "cp", "dirname", "grep", "mkdir", "rm", "sh", "sleep", "tail", "tr")
SHELL: Final = shutil.which("dash") or "/bin/sh"


@dataclass(frozen=True, slots=True)
class Machine:
    """A directory with a copy of the project's entry, and a PATH that holds a few tools and no Python yet."""

    project: Path
    path: Path
    calls: Path
    environment: dict[str, str] = field(default_factory=dict)

    def has(self, *pythons: str, **fakes: str) -> None:
        for name in pythons:
            shutil.copy(ROOT / "tests/support/fake_python.sh", self.path / name)
            (self.path / name).chmod(0o755)
        self.environment.update(fakes)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        fixed = {"PATH": str(self.path), "FAKE_CALLS": str(self.calls), "FAKE_REAL": sys.executable, "TERM": "dumb"}
        line = [SHELL, str(self.project / "run"), *arguments]
        environment = {**fixed, **self.environment}
        return subprocess.Popen(line, env=environment, cwd="/", stdout=-1, stderr=subprocess.STDOUT, text=True)

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        told, _ = process.communicate(timeout=60)
        return process.returncode, told

    def called(self, what: str) -> int:
        return self.calls.read_text().count(what)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    project, path = tmp_path / "a project" / "of ours", tmp_path / "bin"
    project.mkdir(parents=True)
    path.mkdir()
    for name in ("run", "pyproject.toml"):
        shutil.copy(ROOT / name, project / name)
    shutil.copytree(ROOT / "requirements", project / "requirements")
    for tool in TOOLS:
        (path / tool).symlink_to(str(shutil.which(tool)))
    return Machine(project, path, tmp_path / "calls")


def test_help_needs_no_python_at_all(machine: Machine) -> None:
    code, told = machine.run("help")

    assert (code, "./run JOB" in told) == (0, True)


def test_a_job_that_does_not_exist_is_refused_with_the_jobs_that_do(machine: Machine) -> None:
    code, told = machine.run("tset")

    assert (code, "there is no job 'tset'" in told, "test [ARGUMENTS]" in told) == (1, True, True)


def test_no_python_says_how_to_install_one(machine: Machine) -> None:
    code, told = machine.run("test")

    assert code == 1
    assert "expected Python 3.11 or newer, got: no python3 at all" in told
    assert "apt install python3 python3-venv" in told


def test_a_python_that_is_too_old_is_named_with_its_version(machine: Machine) -> None:
    machine.has("python3", FAKE_OLD="python3")
    code, told = machine.run("test")

    assert (code, "expected Python 3.11 or newer, got: python3=3.9" in told) == (1, True)


def test_a_newer_python_under_another_name_is_found(machine: Machine) -> None:
    machine.has("python3", "python3.12", FAKE_OLD="python3")
    code, _ = machine.run("test")

    assert (code, machine.called("python3.12 -m venv")) == (0, 1)


def test_the_python_asked_for_is_the_one_that_is_used(machine: Machine) -> None:
    machine.has("python3", "python3.13", MFA_PYTHON="python3.13")
    machine.run("test")

    assert (machine.called("python3.13 -m venv"), machine.called("python3 -m venv")) == (1, 0)


def test_the_python_asked_for_may_lie_where_a_path_has_spaces(machine: Machine) -> None:
    machine.has("python3")
    asked = machine.project / "my python"
    shutil.copy(machine.path / "python3", asked)
    machine.has(MFA_PYTHON=str(asked))
    code, _ = machine.run("test")

    assert (code, machine.called("my python -m venv")) == (0, 1)


def test_a_python_without_venv_says_which_package_has_it(machine: Machine) -> None:
    machine.has("python3", FAKE_WITHOUT_VENV="yes")
    code, told = machine.run("test")

    assert (code, "has no 'venv'" in told, "apt install python3-venv" in told) == (1, True, True)


def test_a_full_disk_is_called_a_full_disk(machine: Machine) -> None:
    machine.has("python3", FAKE_PIP_SAYS="ERROR: [Errno 28] No space left on device")
    code, told = machine.run("test")

    assert (code, "the disk is full. About 700 MB are needed" in told) == (1, True)


def test_what_pip_said_is_shown_with_what_to_do(machine: Machine) -> None:
    machine.has("python3", FAKE_PIP_SAYS="ERROR: THESE PACKAGES DO NOT MATCH THE HASHES")
    code, told = machine.run("test")

    assert (code, "DO NOT MATCH THE HASHES" in told, "Set PIP_INDEX_URL" in told) == (1, True, True)


def test_a_failed_set_up_is_taken_up_again_at_the_next_start(machine: Machine) -> None:
    machine.has("python3", FAKE_PIP_SAYS="ERROR: no network")
    machine.run("test")
    machine.has(FAKE_PIP_SAYS="")
    code, told = machine.run("test")

    assert (code, "the tests ran" in told, machine.called("python3 -m venv")) == (0, True, 1)


def test_a_half_made_environment_is_made_anew(machine: Machine) -> None:
    machine.has("python3")
    (machine.project / ".venv/bin").mkdir(parents=True)
    (machine.project / ".venv/bin/python").symlink_to("/nowhere/python3")
    code, told = machine.run("test")

    assert (code, "does not work; making it anew" in told, "the tests ran" in told) == (0, True, True)


def test_a_second_start_installs_nothing(machine: Machine) -> None:
    machine.has("python3")
    machine.run("test")
    before = machine.called("pip install")
    machine.run("test")

    assert (before > 0, machine.called("pip install")) == (True, before)


def test_changed_requirements_are_installed(machine: Machine) -> None:
    machine.has("python3")
    machine.run("test")
    before = machine.called("pip install")
    with (machine.project / "requirements/dev.txt").open("a") as pins:
        pins.write("# changed\n")
    machine.run("test")

    assert machine.called("pip install") > before


def test_a_demo_after_a_change_does_not_take_the_tests_packages_away(machine: Machine) -> None:
    machine.has("python3")
    machine.run("test")
    with (machine.project / "requirements/run.txt").open("a") as pins:
        pins.write("# changed\n")
    _, told = machine.run("demo")

    assert ("the command ran: -m mfa_cli demo" in told, machine.called("requirements/run.txt")) == (True, 0)


def test_the_demo_needs_no_test_packages(machine: Machine) -> None:
    machine.has("python3")
    machine.run("demo")

    assert machine.called("requirements/dev.txt") == 0


def test_two_starts_at_once_install_once(machine: Machine) -> None:
    machine.has("python3")
    together = [machine.start("test") for _ in range(2)]
    told = [process.communicate(timeout=60)[0] for process in together]

    assert (machine.called("-r requirements/dev.txt"), ["the tests ran" in each for each in told]) == (1, [True, True])


def test_arguments_reach_the_job_unchanged(machine: Machine) -> None:
    machine.has("python3")
    _, told = machine.run("test", "-k", "a code")

    assert "the tests ran: -m pytest -k a code" in told


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_the_entry_can_be_started(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
