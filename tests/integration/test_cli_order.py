"""Lines about one user are appended in their order, however many there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mfa_cli.local_client import local_client
from mfa_cli.sending import Sending
from support.backends import unique

if TYPE_CHECKING:
    from mfa_local.connection import Connection

# More than fit in one batch of the producer, so that some must wait for it to leave.
MANY = 400
USER = {"role": "user", "account_kind": "end_user", "directory_version": 1}


async def test_many_lines_about_one_user_are_decided_in_their_order(workers: Connection) -> None:
    redeem = {"command": "RedeemRecoveryCode", "tenant": unique("t-"), "user": "ann", "code": "none", "actor": USER}
    async with local_client(workers, "tests") as mfa:
        told = [row async for _, row in Sending(mfa).answers([json.dumps(redeem)] * MANY)]

    assert {row["verdict"] for row in told} == {"refused"}
    decided = [row["sequence"] for row in told if row["sequence"] is not None]
    assert len(decided) > MANY // 3
    assert decided == sorted(decided, key=lambda number: int(str(number)))
