"""What people and programs are told of a report."""

from __future__ import annotations

import io
import json

from rich.console import Console

from mfa_cli.verify.findings import Difference, Finding, Report
from mfa_cli.verify.report import lines, show

SOUND = Finding("sequences count", "events", checked=1234)
BROKEN = Finding("history is the events", "events", 9, 3, (Difference("mfa.events[3]@17", "a row", "none"),))


def shown(*findings: Finding) -> str:
    printed = io.StringIO()
    show(Report(findings), Console(file=printed, width=120))
    return printed.getvalue()


def test_each_rule_is_shown_with_its_count() -> None:
    assert "✓ sequences count" in shown(SOUND)
    assert "1,234 events" in shown(SOUND)


def test_what_could_not_be_checked_is_told() -> None:
    assert "3 commands, 2 more no longer kept" in shown(Finding("answered", "commands", 3, unchecked=2))


def test_agreement_is_said_only_when_every_rule_holds() -> None:
    assert "Everything agrees." in shown(SOUND)
    assert "Everything agrees." not in shown(SOUND, BROKEN)
    assert "Does not agree: 1 of 2 rules are broken." in shown(SOUND, BROKEN)


def test_the_first_differences_are_shown_with_their_place_and_the_rest_is_counted() -> None:
    assert "mfa.events[3]@17  expected a row, got none" in shown(BROKEN)
    assert "… and 2 more" in shown(BROKEN)


def test_programs_get_a_json_object_for_each_rule() -> None:
    first, second = (json.loads(line) for line in lines(Report((SOUND, BROKEN))))

    assert (first["holds"], first["checked"], second["holds"], second["differing"]) == (True, 1234, False, 3)
    assert second["first"] == [{"place": "mfa.events[3]@17", "expected": "a row", "got": "none"}]
