"""``mfa history``."""

from __future__ import annotations

import asyncio
from typing import Final

from mfa_cli.asked import Count  # noqa: TC001 - the command line reads the annotation
from mfa_cli.connection import connection_now
from mfa_cli.printing import print_rows
from mfa_cli.tables import ask

COLUMNS: Final = ("at", "user", "sequence", "type", "actor", "role")


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
        JSON lines with every field; so anyway when the output is not a terminal.
    """
    rows = asyncio.run(ask(connection_now(), "history", tenant, user, last))
    print_rows(rows, COLUMNS, asked=json, none=f"Nothing has happened to {user or 'anybody'} in {tenant}.")
    return 0
