"""A cluster with a day's events, its backup, and another cluster to put it into."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from mfa_cli.local_client import local_client
from mfa_client import AdminActor, Done, UserActor
from mfa_contracts import topics
from mfa_contracts.vocabulary import AccountKind, Method, ResetReason
from mfa_local import postgres_home
from mfa_local.places import Places
from mfa_local.workers import running_workers
from support.backends import own_loop
from support.commands import gateway_of, logged_in
from support.deciding import enroll
from support.own_stack import environ_at, servers
from support.posting import posting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiokafka import ConsumerRecord

    from mfa_client import Outcome
    from mfa_contracts.commands import Command
    from mfa_contracts.outcomes import Outcome as Answer
    from mfa_local.connection import Connection
    from support.commands import Signed

TENANT: Final = "acme"
USERS: Final = 6


@dataclass(frozen=True)
class Said:
    """How ``mfa`` ended, and what it said."""

    code: int
    rows: list[dict[str, Any]]
    complained: str


@dataclass(frozen=True)
class Day:
    """What was kept of the old cluster; ``decided`` were answered before the backup, ``codes`` are alive."""

    backup: Path
    secrets: Path
    rows: list[dict[str, Any]]
    events: list[ConsumerRecord]
    decided: list[tuple[Command, Signed, Answer]]
    codes: dict[str, str]


def mfa(root: Path, *arguments: str) -> Said:
    """The command line on the servers of a directory."""
    line = [sys.executable, "-m", "mfa_cli", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, env=environ_at(root), timeout=300, check=False)
    return Said(done.returncode, [json.loads(row) for row in done.stdout.splitlines()], done.stderr)


@contextmanager
def another_cluster(root: Path, secrets: Path) -> Iterator[Connection]:
    """Servers without a record, in a directory of their own, with the keys of the old ones."""
    root.mkdir()
    shutil.copytree(secrets, root / "secrets")
    with own_loop() as loop:
        stack = servers(environ_at(root))
        started = loop.run_until_complete(stack.__aenter__())
        try:
            yield started.connection
        finally:
            loop.run_until_complete(stack.__aexit__(None, None, None))
            postgres_home.forget(Places(root))


def lived(root: Path) -> Day:
    """A day on a cluster that is gone afterwards, but for its backup and its secrets."""
    with own_loop() as loop:
        try:
            return loop.run_until_complete(_lived(root))
        finally:
            postgres_home.forget(Places(root))


async def _lived(root: Path) -> Day:
    async with servers(environ_at(root)) as stack, running_workers(stack.connection):
        codes = await _asked_by_client(stack.connection)
        decided = await _put_by_hand(stack.connection)
        backup = root / "kept" / "backup"
        said = await asyncio.to_thread(mfa, root, "backup", str(backup))
        assert said.code == 0, said.complained
        async with posting(stack.connection.kafka_bootstrap) as post:
            events = await post.standing(topics.EVENTS)
        return Day(backup, root / "secrets", said.rows, events, decided, codes)


async def _asked_by_client(connection: Connection) -> dict[str, str]:
    async with local_client(connection, "tests") as client:
        enrolled = [
            await client.enroll(TENANT, user, actor=user_of(user), method=Method.PUSH)
            for user in (f"user-{n}" for n in range(USERS))
        ]
        codes = {f"user-{n}": code_in(outcome) for n, outcome in enumerate(enrolled)}
        codes["user-1"] = code_in(
            await client.redeem_recovery_code(TENANT, "user-1", codes["user-1"], actor=user_of("user-1"))
        )
        admin = AdminActor(TENANT, "bob")
        await client.reset_mfa(TENANT, "user-2", actor=admin, reason=ResetReason.LOST_DEVICE, ticket="T-1")
    del codes["user-2"]
    return codes


async def _put_by_hand(connection: Connection) -> list[tuple[Command, Signed, Answer]]:
    decided = []
    async with posting(connection.kafka_bootstrap) as post:
        for user in ("ann", "bea", "cid", "dan"):
            command, signed = asked(connection, user)
            await post.put(signed)
            (answer,) = await post.answers(command.id)
            decided.append((command, signed, answer))
    return decided


def asked(connection: Connection, user: str) -> tuple[Command, Signed]:
    """A first enrolment, signed, to be put as often as one likes."""
    command, now = enroll(user=user, tenant=TENANT), int(time.time())
    return command, gateway_of(connection.secrets_dir).send(command, logged_in(user, now), now)


def user_of(user: str) -> UserActor:
    """A user after the password."""
    now = datetime.now(UTC)
    return UserActor(TENANT, user, "login-1", now, account_kind=AccountKind.END_USER, directory_version=1)


def code_in(outcome: Outcome) -> str:
    """The recovery code that came with an answer."""
    assert isinstance(outcome, Done), outcome
    assert outcome.recovery_code is not None
    return outcome.recovery_code.shown()
