"""The client and the command line on real servers with both workers: a user's day, and a worker that is away."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mfa_cli.local_client import local_client
from mfa_client import AdminActor, Done, OutcomeUnknownError, Refused, UserActor
from mfa_contracts.vocabulary import AccountKind, Method, OutcomeCode, ResetReason
from mfa_local import postgres_home
from mfa_local.connection import to_json
from mfa_local.places import Places
from mfa_local.stack import local_stack
from mfa_local.workers import running_workers
from support.backends import unique

if TYPE_CHECKING:
    from pathlib import Path

    from mfa_client import ClientSettings
    from mfa_local.connection import Connection


def ann(tenant: str) -> UserActor:
    now = datetime.now(UTC)
    return UserActor(tenant, "ann", unique("login-"), now, account_kind=AccountKind.END_USER, directory_version=1)


async def test_a_users_day(workers: Connection) -> None:
    tenant = unique("t-")
    async with local_client(workers, "tests") as mfa:
        enrolled = await mfa.enroll(tenant, "ann", actor=ann(tenant), method=Method.PUSH)
        assert isinstance(enrolled, Done)
        assert enrolled.recovery_code is not None
        code = enrolled.recovery_code.shown()
        redeemed = await mfa.redeem_recovery_code(tenant, "ann", code.lower(), actor=ann(tenant))
        again = await mfa.redeem_recovery_code(tenant, "ann", code, actor=ann(tenant))
        status = await mfa.status(tenant, "ann", at_least=again.sequence or 0)
        reset = await mfa.reset_mfa(
            tenant, "ann", actor=AdminActor(tenant, "bob"), reason=ResetReason.LOST_DEVICE, ticket="T-1"
        )
        after = await mfa.status(tenant, "ann", at_least=reset.sequence or 0)

    assert (type(redeemed), type(again), type(reset)) == (Done, Refused, Done)
    assert (status.enrolled, status.recovery_code) == (True, "active")
    assert (after.must_enroll, after.recovery_code, after.kind) == (True, "voided", AccountKind.END_USER)
    assert after.sessions_invalid_before is not None


async def test_two_clients_hear_each_its_own_answers(workers: Connection) -> None:
    tenants = [unique("t-"), unique("t-")]
    async with local_client(workers, "one") as one, local_client(workers, "two") as two:
        asked = [
            mfa.enroll(tenant, f"user-{n}", actor=_user(tenant, f"user-{n}"), method=Method.TOTP)
            for n in range(20)
            for mfa, tenant in zip((one, two), tenants, strict=True)
        ]
        outcomes = await asyncio.gather(*asked)

    codes = {
        outcome.recovery_code.shown() for outcome in outcomes if isinstance(outcome, Done) and outcome.recovery_code
    }
    assert len(codes) == 40


def _user(tenant: str, user: str) -> UserActor:
    return UserActor(tenant, user, "login-1", datetime.now(UTC), account_kind=AccountKind.END_USER, directory_version=1)


async def test_a_command_sent_while_no_worker_runs_is_done_once_when_asked_again(tmp_path: Path) -> None:
    environ = {**os.environ, "MFA_LOCAL_DIR": str(tmp_path), "MFA_PARTITIONS": "2"}
    try:
        async with local_stack(environ) as stack, local_client(stack.connection, "tests") as mfa:
            mfa._settings = _hurried(mfa._settings)  # noqa: SLF001 - a deadline that a test can wait for
            with pytest.raises(OutcomeUnknownError) as caught:
                await mfa.enroll("acme", "ann", actor=ann("acme"), method=Method.PUSH)
            async with running_workers(stack.connection, ("mfa_commands",)):
                first = await mfa.ask_again(caught.value.prepared)
                second = await mfa.ask_again(caught.value.prepared)
    finally:
        postgres_home.forget(Places(tmp_path))

    assert (first.event_ids, first.sequence) == (second.event_ids, second.sequence)
    assert isinstance(first, Done)
    assert first.recovery_code is not None
    assert second.code is OutcomeCode.CODE_ALREADY_SENT


def _hurried(settings: ClientSettings) -> ClientSettings:
    return replace(settings, deadline_seconds=3.0)


def test_the_command_line_on_real_servers(workers: Connection, tmp_path: Path) -> None:
    tenant = unique("t-")
    (tmp_path / "connection.json").write_text(to_json(workers), encoding="utf-8")
    user = {"role": "user", "account_kind": "end_user", "directory_version": 1}
    lines = [
        {"command": "Enroll", "tenant": tenant, "user": "ann", "method": "totp", "actor": user},
        {"command": "Forget", "tenant": tenant},
        {"command": "RedeemRecoveryCode", "tenant": tenant, "user": "ann", "code": "no code", "actor": user},
        {
            "command": "ResetMfa",
            "tenant": tenant,
            "user": "ann",
            "reason": "lost_device",
            "ticket": "T-1",
            "actor": {"role": "tenant_admin", "user": "bob"},
        },
    ]

    code, sent = _mfa(tmp_path, "send", "-", given="\n".join(map(json.dumps, lines)))
    _, history = _until(tmp_path, ("history", tenant, "ann"), 5)
    _, audit = _until(tmp_path, ("audit", "--tenant", tenant), 5)
    _, state = _mfa(tmp_path, "state", tenant, "ann")

    assert (code, [row["verdict"] for row in sent]) == (4, ["accepted", "error", "refused", "accepted"])
    assert "recovery_code" in sent[0]
    assert [row["sequence"] for row in history] == [1, 2, 3, 4, 5]
    assert [row["kind"] for row in audit][-1] == "MfaReset"
    assert (state[0]["must_enroll"], state[0]["recovery_code"]) == (True, "voided")


def _until(root: Path, arguments: tuple[str, ...], rows: int) -> tuple[int, list[dict[str, Any]]]:
    code, found = _mfa(root, *arguments)
    for _ in range(20):
        if len(found) >= rows:
            break
        code, found = _mfa(root, *arguments)
    return code, found


def _mfa(root: Path, *arguments: str, given: str = "") -> tuple[int, list[dict[str, Any]]]:
    command = [sys.executable, "-m", "mfa_cli", *arguments]
    environ = {**os.environ, "MFA_LOCAL_DIR": str(root)}
    said = subprocess.run(command, input=given, capture_output=True, text=True, env=environ, timeout=60, check=False)
    return said.returncode, [json.loads(line) for line in said.stdout.splitlines()]
