"""``mfa history``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from mfa_cli.asked import Count  # noqa: TC001 - the command line reads the annotation
from mfa_cli.columns import Column, of
from mfa_cli.connection import connection_now
from mfa_cli.printing import print_rows
from mfa_cli.tables import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHAT: Final = Column("event", lambda row: str(row["type"]).removeprefix("mfa.event.").rpartition(".")[0])
_WHO: Final = (of("actor_subject", "actor"), of("actor_role", "role"))


def history(tenant: str, user: str | None = None, *, last: Count = 100, json: bool | None = None) -> int:
    """Show what has happened in a tenant, or to one of its users, in order.

    Examples: mfa history acme   ·   mfa history acme ann --last 20   ·   mfa history acme ann --json | jq .event

    Parameters
    ----------
    tenant
        The tenant.
    user
        One user; all of the tenant's when left out.
    last
        Only the last so many events.
    json
        JSON lines with every column of the table; so anyway when the output is not a terminal.
    """
    rows = asyncio.run(ask(connection_now(), "history", tenant, user, last))
    print_rows(rows, columns(user), asked=json, none=f"Nothing has happened to {user or 'anybody'} in {tenant}.")
    return 0


def columns(user: str | None) -> Sequence[Column]:
    """What people are shown, the most important first; the user who was asked for is the same in every row."""
    whose = () if user else (of("user_id", "user"),)
    return (of("at"), *whose, of("sequence", "#"), _WHAT, *_WHO)
