"""Tells the story: prints a step, does it, checks it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from rich.text import Text

from mfa_cli.demo.errors import StepFailedError
from mfa_cli.demo.news import event_name, news_of
from mfa_cli.demo.steps import mismatches
from mfa_contracts.outcomes import verdict_of
from mfa_contracts.recovery_code import new_code, shown
from mfa_contracts.vocabulary import OutcomeCode, Verdict

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from rich.console import Console

    from mfa_cli.demo.desk import Desk
    from mfa_cli.demo.steps import Answer, Expected, Mismatch, Standing

_COLOURS: Final = {Verdict.ACCEPTED: "green", Verdict.REFUSED: "yellow", Verdict.INVALID: "red"}
_SHORT: Final = len("XXXX-XXXX")


class Teller:
    """Prints to ``console``; ``held`` counts the steps that were as expected."""

    def __init__(self, desk: Desk, console: Console) -> None:
        self.desk = desk
        self.held = 0
        self._console = console

    def chapter(self, title: str) -> None:
        """A heading."""
        self._print(Text(), Text(title, "bold"))

    async def step(self, sentence: str, asked: Awaitable[Answer], expected: Expected) -> Answer:
        """Do what the sentence says, and look whether all is as expected.

        Raises:
            StepFailedError: it is not; what differs has been printed.
        """
        answer = await asked
        standing = await self.desk.standing(answer.user, answer.sequence)
        wrong = mismatches(expected, answer, standing)
        self._print(_told(sentence, holds=not wrong), _answered(answer, standing), _left(answer))
        if wrong:
            self._print(*(_differs(each) for each in wrong))
            raise StepFailedError(f"This step did not hold: {sentence}")
        self.held += 1
        return answer

    def show_code(self, what: str, code: str, *, shortened: bool = False) -> None:
        """A recovery code; a user's own screen shows it whole, and once."""
        told = f"{shown(code)[:_SHORT]}-…" if shortened else shown(code)
        self._print(Text.assemble(f"      {what}: ", (told, "bold cyan")))

    def remark(self, sentence: str, *, holds: bool) -> None:
        """A sentence that holds, or does not."""
        self._print(_told(sentence, holds=holds))

    @staticmethod
    def made_up_code() -> str:
        """A well-formed code that is nobody's."""
        return new_code(secrets.randbelow)

    def _print(self, *lines: Text) -> None:
        for line in lines:
            self._console.print(line, soft_wrap=True)


def _told(sentence: str, *, holds: bool) -> Text:
    return Text.assemble(("  ✓ ", "bold green") if holds else ("  ✗ ", "bold red"), sentence)


def _answered(answer: Answer, standing: Standing) -> Text:
    verdict = verdict_of(answer.code)
    said = str(standing) if answer.code is OutcomeCode.OK else answer.message
    return Text.assemble("      ", (verdict.value, _COLOURS[verdict]), f": {said}")


def _left(answer: Answer) -> Text:
    told = Text(f"      {answer.user} ", "dim")
    for number, event in enumerate(answer.events):
        told.append(f"{'  ' if number else ''}#{event.sequence} ", "dim")
        told.append(event_name(event), "cyan")
        told.append(f" ({detail})" if (detail := news_of(event)) else "", "dim")
    return told


def _differs(each: Mismatch) -> Text:
    return Text.assemble(("      ✗ ", "bold red"), f"{each.what}: expected {each.expected}, got {each.got or 'none'}")
