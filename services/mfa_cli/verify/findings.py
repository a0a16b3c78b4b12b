"""What a check found: how much it looked at, and the first differences with their place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

SHOWN_MAX: Final = 5
"""So many differences are kept of each check; all are counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the log: ``mfa.events[3]@17`` is offset 17 of partition 3."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}[{self.partition}]@{self.offset}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two things that must be equal are not."""

    place: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: ``checked`` things of the kind ``unit``, and where they differ.

    ``unchecked`` more are known of, but are no longer kept, so that nothing can be said of them.
    """

    rule: str
    unit: str
    checked: int = 0
    differing: int = 0
    first: tuple[Difference, ...] = ()
    unchecked: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return self.differing == 0

    def __add__(self, other: Finding) -> Finding:
        """The same check over two parts of the log."""
        return replace(
            self,
            checked=self.checked + other.checked,
            differing=self.differing + other.differing,
            first=(*self.first, *other.first)[:SHOWN_MAX],
            unchecked=self.unchecked + other.unchecked,
        )


@dataclass(slots=True)
class Notes:
    """What a check writes down while it reads; ``finding`` is the fair copy."""

    rule: str
    unit: str
    checked: int = 0
    differing: int = 0
    first: list[Difference] = field(default_factory=list)
    unchecked: int = 0

    def differ(self, place: object, *, expected: object, got: object) -> None:
        """Write down that ``place`` holds ``got`` where ``expected`` should stand."""
        self.differing += 1
        if len(self.first) < SHOWN_MAX:
            self.first.append(Difference(str(place), str(expected), str(got)))

    def finding(self) -> Finding:
        """The result so far."""
        return Finding(self.rule, self.unit, self.checked, self.differing, tuple(self.first), self.unchecked)


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one run of ``mfa verify``."""

    findings: tuple[Finding, ...]

    @property
    def agrees(self) -> bool:
        """Whether every check holds."""
        return all(finding.holds for finding in self.findings)


def merged(parts: list[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """The findings of all partitions, one for each rule, in the order in which the rules were first met."""
    by_rule: dict[str, Finding] = {}
    for finding in (finding for part in parts for finding in part):
        known = by_rule.get(finding.rule)
        by_rule[finding.rule] = finding if known is None else known + finding
    return tuple(by_rule.values())
