"""What can go wrong in a pure decision: only what should be impossible. A refusal is a fact, not an error.

DomainError
├── PolicyError    a policy that would leave a guard open
└── OlderFormat    packed state that this version does not read: fold the log again
"""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """The decider was given something that cannot be."""

    code: ClassVar[str] = "domain"


class PolicyError(DomainError):
    """A policy would leave a guard open; the message names the setting and its bounds."""

    code: ClassVar[str] = "policy"


class OlderFormat(DomainError):  # noqa: N818 - an answer to act on (fold the log again), not a fault
    """The bytes are not of this format (older, newer or damaged): fold ``mfa.events`` again."""

    code: ClassVar[str] = "older_format"
