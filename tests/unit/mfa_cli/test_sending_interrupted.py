"""Ctrl-C while ``mfa send`` waits: what was sent may be done, so its id is printed; the exit code is a shell's 130."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from mfa_cli.commands import send
from unit.mfa_client.desk import Wire, client

if TYPE_CHECKING:
    import pytest

RESET = {
    "command": "ResetMfa",
    "tenant": "acme",
    "user": "ann",
    "actor": {"role": "tenant_admin", "user": "bob"},
    "reason": "lost_device",
    "ticket": "T-1",
}


async def test_ctrl_c_prints_the_id_of_what_is_under_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = Wire()
    monkeypatch.setattr(send, "connection_now", lambda: None)
    monkeypatch.setattr(send, "local_client", lambda *_: client(wire, deadline_seconds=30))
    sending = asyncio.create_task(send.send_lines([json.dumps(RESET).encode()]))
    # As asyncio.run does when the signal comes.
    asyncio.get_running_loop().call_later(0.3, sending.cancel)
    code = await sending

    told = json.loads(capsys.readouterr().out)
    assert (code, told["code"], told["line"]) == (130, "outcome_unknown", 1)
    assert told["command_id"] == json.loads(wire.sent[0].value)["id"]
