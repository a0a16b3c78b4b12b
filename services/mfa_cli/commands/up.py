"""``mfa up``."""

from __future__ import annotations

from mfa_local.up import main


def up(*, fresh: bool = False) -> int:
    """Run Kafka, PostgreSQL and the workers until Ctrl-C; how to connect is printed.

    Parameters
    ----------
    fresh
        Throw away what the local servers had and begin with empty data.
    """
    return main(fresh=fresh)
