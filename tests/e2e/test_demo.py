"""The demo as a user runs it, and the README's word for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mfa_cli.demo.transcript import normalised, transcript
from support.repository import ROOT

if TYPE_CHECKING:
    from e2e.conftest import DemoRun


def test_the_demo_ends_well(demo: DemoRun) -> None:
    assert (demo.code, demo.complained) == (0, ""), demo.printed


def test_every_step_is_ticked(demo: DemoRun) -> None:
    steps = re.search(r"^(\d+) steps, every one as expected", demo.printed, re.MULTILINE)

    assert steps is not None, demo.printed
    story = demo.printed.partition("What the auditor sees")[0]
    assert (story.count("✓"), demo.printed.count("✗")) == (int(steps[1]), 0)


def test_the_reset_is_one_event_that_takes_both_enrolments_and_the_code(demo: DemoRun) -> None:
    assert "ann #9 MfaReset (push-notification, totp, recovery code)\n" in demo.printed


def test_the_auditor_sees_every_event(demo: DemoRun) -> None:
    counted = re.search(r"✓ (\d+) audit records of (\d+) events", demo.printed)

    assert counted is not None, demo.printed
    assert counted[1] == counted[2] == str(demo.printed.count("#"))


def test_everything_agrees_at_the_end(demo: DemoRun) -> None:
    assert "\nEverything agrees.\n" in demo.printed


def test_the_readme_shows_what_the_demo_prints(demo: DemoRun) -> None:
    readme = transcript((ROOT / "README.md").read_text(encoding="utf-8"))

    # When they differ: python -m mfa_cli.demo --transcript
    assert normalised(readme) == normalised(demo.printed)
