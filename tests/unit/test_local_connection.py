"""How to reach what runs, as text."""

from __future__ import annotations

from pathlib import Path

from mfa_local.connection import Connection, from_json, to_json

PLACE = Path("/somewhere")
RUNNING = Connection(
    "embedded", "127.0.0.1:1", "postgresql://mfa:secret@127.0.0.1:2/mfa", True, 12, PLACE, PLACE, "4.2.2", "18.6"
)


def test_a_written_connection_reads_back_the_same() -> None:
    assert from_json(to_json(RUNNING)) == RUNNING


def test_a_description_shows_no_password() -> None:
    assert "secret" not in RUNNING.describe()
