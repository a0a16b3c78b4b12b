"""Nothing that we start can be reached from another machine, and PostgreSQL is not run by root."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from mfa_local.connection import Connection


@pytest.mark.parametrize("address", ["127.0.0.2", "::1"])
@pytest.mark.parametrize("server", ["kafka", "controller", "postgres"])
def test_a_server_listens_on_127_0_0_1_and_on_no_other_address(
    embedded_stack: Connection, server: str, address: str
) -> None:
    # A server that listened on all addresses would answer here as well.
    with pytest.raises(OSError, match=r"refused|unreachable|not available|Cannot assign"):
        socket.create_connection((address, _ports(embedded_stack)[server]), timeout=5)


@pytest.mark.parametrize("server", ["kafka", "controller", "postgres"])
def test_each_of_the_servers_listens(embedded_stack: Connection, server: str) -> None:
    socket.create_connection(("127.0.0.1", _ports(embedded_stack)[server]), timeout=5).close()


def test_postgres_is_not_run_by_root(embedded_stack: Connection) -> None:
    port = urlsplit(embedded_stack.database_url).port
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    owners = [int(fields[7]) for fields in sockets if fields[1] == f"0100007F:{port:04X}" and fields[3] == "0A"]

    assert (len(owners), 0 in owners) == (1, False)


def _ports(running: Connection) -> dict[str, int]:
    return dict(json.loads((running.secrets_dir.parent / "ports.json").read_text()))
