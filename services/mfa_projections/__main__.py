"""``python -m mfa_projections``: the read side until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from exactly_once.adapters.process import collect_rarely, serve
from mfa_projections.adapters.logs import start_logging
from mfa_projections.errors import StartError
from mfa_projections.settings import Settings, read_settings
from mfa_projections.wiring import service

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run; the answer is an exit code, 2 when a setting is wrong."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = read_settings()
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not chosen.check:
        asyncio.run(_run(settings))
    return 0


async def _run(settings: Settings) -> None:
    log = start_logging()
    address = f"http://{settings.http_host}:{settings.http_port}"
    log.info("started", address=address)
    collect_rarely()
    async with service(settings, log) as parts:
        await serve(parts.app, settings.http_host, settings.http_port)
    log.info("stopped")


def _parser() -> argparse.ArgumentParser:
    lines = (f"  MFA_{name.upper()}: {field.description}" for name, field in Settings.model_fields.items())
    parser = argparse.ArgumentParser(
        prog="python -m mfa_projections",
        description="Fold mfa.events into PostgreSQL and tell of each event in mfa.audit, until SIGTERM or Ctrl-C.",
        epilog="settings (environment):\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="read the settings, say what is wrong, do not run")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
