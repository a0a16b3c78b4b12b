"""More than one address to begin with: it is enough that one of them answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mfa_cli.local_client import local_client
from mfa_client import Done, UserActor
from mfa_contracts.vocabulary import AccountKind, Method
from mfa_local import ports, postgres_home
from mfa_local.places import Places
from mfa_local.workers import running_workers
from support.own_stack import environ_at, servers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("order", ["{there},{away}", "{away},{there}"])
async def test_workers_and_client_begin_where_one_of_two_brokers_answers(tmp_path: Path, order: str) -> None:
    try:
        async with servers(environ_at(tmp_path)) as stack:
            away = f"127.0.0.1:{ports.free_port()}"
            two = order.format(there=stack.connection.kafka_bootstrap, away=away)
            connection = replace(stack.connection, kafka_bootstrap=two)
            async with running_workers(connection), local_client(connection, "tests") as mfa:
                outcome = await mfa.enroll("acme", "ann", actor=ann(), method=Method.PUSH)
                status = await mfa.status("acme", "ann", at_least=outcome.sequence or 0)
    finally:
        postgres_home.forget(Places(tmp_path))

    assert (type(outcome), status.enrolled) == (Done, True)


def ann() -> UserActor:
    now = datetime.now(UTC)
    return UserActor("acme", "ann", "login-1", now, account_kind=AccountKind.END_USER, directory_version=1)
