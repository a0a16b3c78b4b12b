"""The README's transcript: what changes from run to run is left out of the comparison, and nothing else."""

from __future__ import annotations

import pytest

from mfa_cli.demo.transcript import BEGIN, END, normalised, transcript, with_transcript
from mfa_contracts.recovery_code import new_code, shown

README = f"# Title\n\n{BEGIN}\nold\n{END}\n\nrest\n"


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        ("code: R6PY-JSP5-GZ2M-2VDZ-TTR2-9J4R", "code: CODE"),
        ("code: CNHQ-NJ7G-…", "code: CODE…"),
        ("./run mfa history demo-17 ann", "./run mfa history demo-N ann"),
        ("22 steps in 4.0 s.", "22 steps in T s."),
        (
            "Kafka 4.2.2 and PostgreSQL 18.6 (embedded), with both workers, started in 9.6 s. Go",
            "Kafka 4.2.2 and PostgreSQL 18.6 SERVERS. Go",
        ),
        ("PostgreSQL 18.6 (configured), found running. Go", "PostgreSQL 18.6 SERVERS. Go"),
        ("without a gap      1,034 events", "without a gap N events"),
        ("  bob  \n", "bob"),
    ],
)
def test_what_changes_from_run_to_run_is_normalised(printed: str, left: str) -> None:
    assert normalised(printed) == left


@pytest.mark.parametrize(
    "line",
    [
        "✗ standing: expected enrolled",
        "ann #9 MfaReset (totp)",
        "34 audit records of 34 events.",
        "Kafka 4.2.2 and PostgreSQL 18.6",
    ],
)
def test_what_a_step_says_is_left_as_it_is(line: str) -> None:
    assert normalised(line) == line


def test_no_code_survives_normalising() -> None:
    code = shown(new_code(lambda below: below - 5))

    assert code not in normalised(f"shown once: {code}")


def test_the_transcript_replaces_what_stood_between_the_markers() -> None:
    readme = with_transcript(README, "\nfirst  \nsecond\n")

    assert (transcript(readme), "old" in readme) == ("first\nsecond", False)
    assert readme.startswith("# Title\n\n")
    assert readme.endswith(f"{END}\n\nrest\n")


def test_writing_it_twice_changes_nothing() -> None:
    once = with_transcript(README, "told")

    assert with_transcript(once, "told") == once


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="one is missing"):
        with_transcript("# Title\n", "told")
