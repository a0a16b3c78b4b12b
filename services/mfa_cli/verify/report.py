"""Telling what was found: for people a line for each rule, for programs a JSON object for each."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from mfa_cli.verify.findings import Difference, Finding, Report


def lines(report: Report) -> Iterator[str]:
    """One JSON object for each rule."""
    for finding in report.findings:
        yield json.dumps({"holds": finding.holds, **asdict(finding)}, ensure_ascii=False)


def show(report: Report, console: Console) -> None:
    """A line for each rule with what was looked at, and below it the first places that differ."""
    for finding in report.findings:
        console.print(_line(finding), soft_wrap=True)
        for difference in finding.first:
            console.print(_place(difference), soft_wrap=True)
        if finding.differing > len(finding.first):
            console.print(Text(f"      … and {finding.differing - len(finding.first)} more", "red"))
    console.print()
    console.print(_verdict(report))


def _line(finding: Finding) -> Text:
    sign = ("  ✓ ", "green") if finding.holds else ("  ✗ ", "bold red")
    gone = f", {finding.unchecked:,} more no longer kept" if finding.unchecked else ""
    return Text.assemble(sign, f"{finding.rule:<76}", (f"{finding.checked:>8,} {finding.unit}{gone}", "dim"))


def _place(difference: Difference) -> Text:
    told = f"expected {difference.expected}, got {difference.got}"
    return Text.assemble("      ", (difference.place, "bold red"), f"  {told}")


def _verdict(report: Report) -> Text:
    if report.agrees:
        return Text("Everything agrees.", "bold green")
    broken = [finding.rule for finding in report.findings if not finding.holds]
    return Text(f"Does not agree: {len(broken)} of {len(report.findings)} rules are broken.", "bold red")
