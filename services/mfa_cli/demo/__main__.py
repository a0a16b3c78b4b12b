"""``python -m mfa_cli.demo``: the demo; with ``--transcript`` what it prints goes into README.md as well."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mfa_cli.demo.run import run
from mfa_cli.demo.transcript import told_to, with_transcript
from mfa_local.settings import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; the answer is its exit code."""
    parser = argparse.ArgumentParser(prog="python -m mfa_cli.demo", description=__doc__)
    told = "write what is printed between the markers of this file (default: README.md)"
    parser.add_argument("--transcript", type=Path, nargs="?", const=CHECKOUT / "README.md", metavar="FILE", help=told)
    readme: Path | None = parser.parse_args(arguments).transcript
    if readme is None:
        return run()
    console, printed = told_to(sys.stdout)
    code = run(console)
    if code == 0:
        readme.write_text(with_transcript(readme.read_text(encoding="utf-8"), printed()), encoding="utf-8")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
