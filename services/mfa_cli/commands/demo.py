"""``mfa demo``."""

from __future__ import annotations


def demo() -> int:
    """Play the story of a lost phone on a real Kafka and a real PostgreSQL, and check every step."""
    from mfa_cli.demo.run import run  # noqa: PLC0415 - the other commands start sooner without it

    return run()
