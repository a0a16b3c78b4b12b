"""``python -m mfa_local up``: the local Kafka and PostgreSQL, with or without the workers, until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mfa_local.errors import BadSettingError
from mfa_local.settings import parse_choice
from mfa_local.up import main as up
from mfa_local.workers import WORKERS

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run; the answer is an exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        choice = parse_choice(chosen.backend)
    except BadSettingError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return up(fresh=chosen.fresh, workers=() if chosen.servers_only else WORKERS, choice=choice)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mfa_local", description=__doc__)
    command = parser.add_subparsers(required=True).add_parser("up", help="run everything until Ctrl-C")
    command.add_argument("--fresh", action="store_true", help="throw away what the local servers had, begin anew")
    command.add_argument("--servers-only", action="store_true", help="Kafka and PostgreSQL, but no workers")
    command.add_argument("--backend", default="auto", help="auto (default), configured, containers or embedded")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
