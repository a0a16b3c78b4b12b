"""``python -m mfa_commands``: decide commands until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from exactly_once.adapters.process import collect_rarely, serve
from mfa_commands.adapters.keys import load_keys
from mfa_commands.adapters.logs import start_logging
from mfa_commands.errors import StartError
from mfa_commands.settings import Settings, read_settings
from mfa_commands.wiring import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfa_commands.adapters.keys import Keys


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run; the answer is an exit code, 2 when a setting or a key file is wrong."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        keys = load_keys(settings.secrets_dir)
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not chosen.check:
        asyncio.run(_run(settings, keys))
    return 0


async def _run(settings: Settings, keys: Keys) -> None:
    log = start_logging()
    log.info("started", address=f"http://{settings.http_host}:{settings.http_port}")
    collect_rarely()
    await serve(Service(settings, keys, log).app, settings.http_host, settings.http_port)
    log.info("stopped")


def _parser() -> argparse.ArgumentParser:
    lines = (f"  MFA_{name.upper()}: {field.description}" for name, field in Settings.model_fields.items())
    parser = argparse.ArgumentParser(
        prog="python -m mfa_commands",
        description="Decide the commands of mfa.commands and append events and outcomes, until SIGTERM or Ctrl-C.",
        epilog="settings (environment):\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--check", action="store_true", help="read settings and key files, say what is wrong, do not run"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
