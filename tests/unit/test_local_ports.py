"""Ports stay what they were, unless somebody took one."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from mfa_local.ports import choose, free_port

if TYPE_CHECKING:
    from pathlib import Path


def test_ports_stay_what_they_were(tmp_path: Path) -> None:
    assert choose(["a", "b"], tmp_path / "ports") == choose(["a", "b"], tmp_path / "ports")


def test_a_port_that_somebody_took_is_replaced(tmp_path: Path) -> None:
    before = choose(["a", "b"], tmp_path / "ports")
    with socket.socket() as other:
        other.bind(("127.0.0.1", before["a"]))
        other.listen()
        after = choose(["a", "b"], tmp_path / "ports")

    assert (after["a"] == before["a"], after["b"]) == (False, before["b"])


def test_spoilt_remembered_ports_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "ports").write_text("{half")

    assert choose(["a"], tmp_path / "ports")["a"] > 0


def test_free_ports_are_above_those_of_the_system() -> None:
    assert free_port() > 1023
