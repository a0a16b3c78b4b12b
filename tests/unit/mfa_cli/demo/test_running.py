"""What the demo plays on when ``connection.json`` is not what a running stack has written."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from mfa_cli.demo.running import already_up
from mfa_local.connection import Connection, to_json


def connection(bootstrap: str) -> Connection:
    nowhere = Path("/nowhere")
    return Connection("embedded", bootstrap, "postgresql://none", True, 12, nowhere, nowhere, "4.2.2", "18.6")


@pytest.mark.parametrize("content", ["garbage", "[]", "{}", "", "\xff", to_json(connection("nonsense"))])
async def test_a_file_that_says_nothing_is_nothing_running(tmp_path: Path, content: str) -> None:
    (tmp_path / "connection.json").write_text(content, encoding="latin-1")

    assert await already_up({"MFA_LOCAL_DIR": str(tmp_path)}) is None


async def test_what_listens_is_played_on(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        there = connection(f"127.0.0.1:{listening.getsockname()[1]}")
        (tmp_path / "connection.json").write_text(to_json(there), encoding="utf-8")

        assert await already_up({"MFA_LOCAL_DIR": str(tmp_path)}) == there
