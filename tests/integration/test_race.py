"""The race for one recovery code, and other races, through two command workers while the group is rebalanced.

``MFA_RACE_ROUNDS=500`` runs as many rounds as one has patience for.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mfa_cli.local_client import local_client
from mfa_cli.verify.verifying import verify
from mfa_client import AdminActor, Done, MfaClient, UserActor
from mfa_contracts.recovery_code import new_code
from mfa_contracts.vocabulary import AccountKind, Method, OutcomeCode, ResetReason
from mfa_local.workers import ready, running_workers, start_worker, stop_worker
from support.backends import unique

if TYPE_CHECKING:
    from mfa_client import Outcome, RecoveryCode
    from mfa_local.connection import Connection

ROUNDS: Final = int(os.environ.get("MFA_RACE_ROUNDS", "20"))
CLIENTS: Final = 4
AT_ONCE: Final = 64
LOST: Final = ResetReason.LOST_DEVICE


def user(tenant: str, name: str) -> UserActor:
    now = datetime.now(UTC)
    return UserActor(tenant, name, unique("login-"), now, account_kind=AccountKind.END_USER, directory_version=1)


async def enrolled(mfa: MfaClient, tenant: str, name: str) -> tuple[Done, RecoveryCode]:
    outcome = await mfa.enroll(tenant, name, actor=user(tenant, name), method=Method.PUSH)
    assert isinstance(outcome, Done)
    assert outcome.recovery_code is not None
    return outcome, outcome.recovery_code


async def test_of_64_who_redeem_the_same_code_at_once_one_succeeds(workers: Connection) -> None:
    tenant = unique("t-")
    async with AsyncExitStack() as opened:
        await opened.enter_async_context(running_workers(workers, ("mfa_commands",)))
        clients = [await opened.enter_async_context(local_client(workers, f"racer-{n}")) for n in range(CLIENTS)]
        coming_and_going = asyncio.create_task(_come_and_go(workers))
        rounds = [await _race(clients, tenant, f"user-{n}") for n in range(ROUNDS)]
        coming_and_going.cancel()
        await asyncio.gather(coming_and_going, return_exceptions=True)

    won = [[outcome for outcome in outcomes if isinstance(outcome, Done)] for outcomes in rounds]
    assert [len(winners) for winners in won] == [1] * ROUNDS
    assert all(winner.recovery_code is not None for (winner,) in won)
    lost = Counter(outcome.code for outcomes in rounds for outcome in outcomes if not isinstance(outcome, Done))
    assert set(lost) <= {OutcomeCode.INVALID_RECOVERY_CODE, OutcomeCode.TOO_MANY_ATTEMPTS}
    report = await verify(workers.kafka_bootstrap, workers.database_url)
    assert [finding.rule for finding in report.findings if not finding.holds] == []


async def _race(clients: list[MfaClient], tenant: str, name: str) -> list[Outcome]:
    _, code = await enrolled(clients[0], tenant, name)
    asked = (
        clients[n % CLIENTS].redeem_recovery_code(tenant, name, code.symbols, actor=user(tenant, name))
        for n in range(AT_ONCE)
    )
    return await asyncio.gather(*asked)


async def _come_and_go(connection: Connection) -> None:
    """A third worker joins and leaves, so that partitions change hands between and within rounds."""
    while True:
        third = start_worker(connection, "mfa_commands", {})
        try:
            await ready(third)
            await asyncio.sleep(1)
        finally:
            await stop_worker(third)
        await asyncio.sleep(1)


async def test_a_code_and_a_reset_at_once_end_in_a_reset_user(workers: Connection) -> None:
    tenant = unique("t-")
    async with local_client(workers, "race") as mfa:
        for n in range(10):
            name = f"user-{n}"
            _, code = await enrolled(mfa, tenant, name)
            redeemed, reset = await asyncio.gather(
                mfa.redeem_recovery_code(tenant, name, code.symbols, actor=user(tenant, name)),
                mfa.reset_mfa(tenant, name, actor=AdminActor(tenant, "bob"), reason=LOST, ticket="T-1"),
            )
            last = max(redeemed.sequence or 0, reset.sequence or 0)
            status = await mfa.status(tenant, name, at_least=last)

            assert reset.code is OutcomeCode.OK
            assert redeemed.code in {OutcomeCode.OK, OutcomeCode.NOT_ENROLLED}
            assert (status.must_enroll, status.recovery_code) == (True, "voided")


async def test_a_reset_and_an_enrolment_at_once_end_as_one_after_the_other(workers: Connection) -> None:
    tenant = unique("t-")
    ends = set()
    async with local_client(workers, "race") as mfa:
        for n in range(10):
            name = f"user-{n}"
            await enrolled(mfa, tenant, name)
            reset, enrolment = await asyncio.gather(
                mfa.reset_mfa(tenant, name, actor=AdminActor(tenant, "bob"), reason=LOST, ticket="T-1"),
                mfa.enroll(tenant, name, actor=user(tenant, name), method=Method.TOTP),
            )
            last = max(reset.sequence or 0, enrolment.sequence or 0)
            status = await mfa.status(tenant, name, at_least=last)
            ends.add((reset.code, enrolment.code, status.enrolled, status.recovery_code))

    after_the_reset = (OutcomeCode.OK, OutcomeCode.OK, True, "active")
    before_the_reset = (OutcomeCode.OK, OutcomeCode.STEP_UP_REQUIRED, False, "voided")
    assert ends <= {after_the_reset, before_the_reset}


async def test_of_two_admins_who_looked_at_the_same_version_one_is_told_that_it_has_changed(
    workers: Connection,
) -> None:
    tenant = unique("t-")
    async with local_client(workers, "race") as mfa:
        for n in range(10):
            seen, _ = await enrolled(mfa, tenant, f"user-{n}")
            both = await asyncio.gather(
                *(_reset(mfa, tenant, f"user-{n}", admin, seen.mfa_version) for admin in ("bob", "carol"))
            )

            assert {outcome.code for outcome in both} == {OutcomeCode.OK, OutcomeCode.STATE_CHANGED}


async def test_wrong_codes_of_an_attacker_do_not_make_the_admins_dialog_fail(workers: Connection) -> None:
    tenant = unique("t-")
    async with local_client(workers, "race") as mfa:
        seen, _ = await enrolled(mfa, tenant, "ann")
        # Well-formed, as an attacker would send them: a slip in the check symbol would not be counted.
        wrong = [new_code(secrets.randbelow) for _ in range(8)]
        guesses = [mfa.redeem_recovery_code(tenant, "ann", each, actor=user(tenant, "ann")) for each in wrong]
        *refused, reset = await asyncio.gather(*guesses, _reset(mfa, tenant, "ann", "bob", seen.mfa_version))

    assert {outcome.code for outcome in refused}.isdisjoint({OutcomeCode.OK, OutcomeCode.STATE_CHANGED})
    assert reset.code is OutcomeCode.OK


async def _reset(mfa: MfaClient, tenant: str, name: str, admin: str, version: int | None) -> Outcome:
    actor = AdminActor(tenant, admin)
    return await mfa.reset_mfa(tenant, name, actor=actor, reason=LOST, ticket="T-1", expected_version=version)
