"""Tables for people: a narrow window loses whole columns, the least important ones, and never breaks a word."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from mfa_cli.columns import Column, fitting, of
from mfa_cli.commands import audit, history
from mfa_cli.printing import show_rows
from mfa_contracts.vocabulary import OutcomeCode, ResetReason

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = datetime(2026, 5, 4, 12, 0, 7, 123_456, tzinfo=UTC)
REFUSED: dict[str, Any] = {
    "at": NOON,
    "tenant_id": "acme",
    "user_id": "carol",
    "actor_subject": "bob",
    "actor_role": "tenant_admin",
    "kind": "CommandRefused",
    "verdict": "refused",
    "code": max((code.value for code in OutcomeCode), key=len),
    "reason": max((reason.value for reason in ResetReason), key=len),
    "ticket": "T-1002",
    "command": "RegenerateRecoveryCode",
    "target_protected": True,
}
EVENT: dict[str, Any] = {**REFUSED, "sequence": 17, "type": "mfa.event.AuthenticatorEnrolled.v1"}


def printed(row: dict[str, Any], columns: Sequence[Column], width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show_rows([row], columns, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_an_audit_record_is_one_line_of_a_narrow_window_with_its_result_whole() -> None:
    _, _, line, more, *_ = printed(REFUSED, audit.columns(None, None), 80)

    assert line.split()[:6] == ["2026-05-04", "12:00:07", "acme", "bob", "carol", REFUSED["code"]]
    assert more.startswith("In a wider window also: ")


def test_what_was_asked_for_is_not_repeated_in_every_row() -> None:
    heading, *_ = printed(REFUSED, audit.columns("acme", "carol"), 200)

    assert heading.split()[:4] == ["at", "actor", "what", "reason"]


def test_an_event_is_told_by_its_short_name_in_a_narrow_window() -> None:
    _, _, line, *_ = printed(EVENT, history.columns(None), 80)

    assert line.split() == [
        "2026-05-04",
        "12:00:07",
        "carol",
        "17",
        "AuthenticatorEnrolled",
        "bob",
        "tenant_admin",
    ]


def test_a_wide_window_shows_every_column() -> None:
    lines = printed(REFUSED, audit.columns(None, None), 200)

    assert len(lines) == 3
    assert "tenant_admin" in lines[2]


def test_a_column_that_does_not_fit_is_left_out_and_a_later_one_that_does_is_not() -> None:
    row = {"a": "x" * 10, "b": "y" * 30, "c": "z"}

    assert [column.heading for column in fitting([row], [of("a"), of("b"), of("c")], 20)] == ["a", "c"]


def test_sentences_are_broken_between_words_only() -> None:
    words = "expected a command got something else entirely"
    lines = printed({"a": "x" * 10, "said": words}, [of("a"), of("said", wraps=True)], 24)

    assert {word for line in lines[2:] for word in line.split()} == {"x" * 10, *words.split()}


@pytest.mark.parametrize("width", range(20, 31))
def test_whatever_the_width_no_cell_is_cut(width: int) -> None:
    row = {"a": "x" * 10, "b": "y" * 10, "c": "zzz"}
    columns = [of("a"), of("b"), of("c")]
    lines = printed(row, columns, width)

    assert lines[2].split() == [column.text(row) for column in fitting([row], columns, width)]
