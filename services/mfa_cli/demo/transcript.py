"""The demo's transcript in README.md: between two markers, and equal to what is printed but for what changes a run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TextIO

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN: Final = "<!-- begin: transcript -->"
END: Final = "<!-- end: transcript -->"
_WIDTH: Final = 120
_VOLATILE: Final = (
    (r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}\b", "CODE"),
    (r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){2}…", "CODE…"),
    (r"\bdemo-\d+", "demo-N"),
    (r"\d+\.\d s\b", "T s"),
    # Where the servers came from; their versions stay, so that the README cannot tell of others.
    (r" \((?:embedded|configured|containers)\), (?:found running|with both workers, started in T s)\.", " SERVERS."),
    # The counts of a verification grow with every run on the same data.
    (r" +[\d,]+ (commands|events|codes|users|records|positions)$", r" N \1"),
    (r"[ \t]+$", ""),
)


def normalised(printed: str) -> str:
    """The same text for every run: codes, tenant, times, servers and counts replaced."""
    for pattern, text in _VOLATILE:
        printed = re.sub(pattern, text, printed, flags=re.MULTILINE)
    return printed.strip()


def with_transcript(readme: str, printed: str) -> str:
    """``readme`` with ``printed`` between the markers.

    Raises:
        ValueError: there are no markers.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected the markers {BEGIN} and {END}, one is missing; put them back")
    clean = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return f"{before}{BEGIN}\n```console\n$ ./run demo\n{clean}\n```\n{END}{after}"


def transcript(readme: str) -> str:
    """What stands between the markers, without the command above it."""
    block = readme.partition(BEGIN)[2].partition(END)[0]
    return block.strip().removeprefix("```console").removesuffix("```").strip().removeprefix("$ ./run demo").strip()


def told_to(stream: TextIO) -> tuple[Console, Callable[[], str]]:
    """A console that writes plain text to ``stream``, and what it has written."""
    console = Console(file=stream, width=_WIDTH, highlight=False, record=True, force_terminal=False)
    return console, console.export_text
