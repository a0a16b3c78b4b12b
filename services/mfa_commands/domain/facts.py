"""All that a decision needs from outside, as values: the clock, the policy, who asks, a minted code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from mfa_commands.domain.errors import PolicyError
from mfa_contracts.tokens import TOKEN_LIFE_MAX_SECONDS

if TYPE_CHECKING:
    from mfa_contracts.fact_parts import Actor, CommandSource, IssuedCode
    from mfa_contracts.vocabulary import AccountKind

WINDOW_KEPT: Final = timedelta(hours=25)
"""How long a decided command is remembered. No setting: the fold of the log may not depend on a configuration."""

CLOCK_LEEWAY_SECONDS: Final = 60
"""How far an issuer's clock may run ahead of the broker's."""

_COPIED_WITHIN: Final = timedelta(seconds=TOKEN_LIFE_MAX_SECONDS + CLOCK_LEEWAY_SECONDS)
"""How long after a command a copy of it may come with the same token, whose life begins at the issuer's ``iat``."""

_LOCK_AFTER_MAX: Final = 100
_DOUBLINGS_MAX: Final = 20

Figure = TypeVar("Figure", int, timedelta)


@dataclass(frozen=True, slots=True)
class Policy:
    """The figures of the rules.

    Raises:
        PolicyError: a figure would leave a guard open. NIST SP 800-63B-4 §3.2.2 allows 100 wrong codes at most.
    """

    step_up_max_age: timedelta = timedelta(minutes=5)
    first_factor_max_age: timedelta = timedelta(minutes=10)
    redemption_grace: timedelta = timedelta(minutes=10)
    clock_skew: timedelta = timedelta(minutes=1)
    protected_after_demotion: timedelta = timedelta(hours=72)
    command_max_age: timedelta = timedelta(hours=24)
    window_max: int = 128
    lock_after: int = 10
    free_failures: int = 3
    first_delay: timedelta = timedelta(seconds=1)
    delay_max: timedelta = timedelta(minutes=15)
    enrollments_max: int = 20

    def __post_init__(self) -> None:
        """Refuse what would leave a guard open."""
        _within("lock_after", self.lock_after, 1, _LOCK_AFTER_MAX)
        _within("window_max", self.window_max, 1, 1000)
        _within("enrollments_max", self.enrollments_max, 1, 1000)
        # A copy of a command must always meet the first one remembered, or be too old to be decided.
        _within("command_max_age", self.command_max_age, timedelta(minutes=1), WINDOW_KEPT - _COPIED_WITHIN)

    def delay_after(self, failures: int) -> timedelta | None:
        """How long to wait after the ``failures``-th wrong code in a row; None for the first few."""
        if failures <= self.free_failures:
            return None
        doublings = min(failures - self.free_failures - 1, _DOUBLINGS_MAX)
        return min(self.first_delay * (1 << doublings), self.delay_max)


def _within(name: str, value: Figure, low: Figure, high: Figure) -> None:
    if not low <= value <= high:
        raise PolicyError(f"expected {name} from {low} to {high}, got {value}; change the policy")


@dataclass(frozen=True, slots=True)
class VerifiedActor:
    """Who asks, from a token whose signature and binding were verified. Times are UTC."""

    actor: Actor
    login: str | None = None
    first_factor_at: datetime | None = None
    second_factor_at: datetime | None = None
    account_kind: AccountKind | None = None
    directory_version: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known from outside at the command's turn.

    ``now`` is never before the state's ``last_at``; ``appended_at`` is the broker's append time of the command. Both
    UTC with milliseconds. ``new_code`` is used only if a code is issued. ``code_matches`` is None when the sealed code
    was not opened, which counts as wrong. ``code_wellformed`` is False when the box does not open or holds no 24
    symbols with a right check symbol: refused, and not counted.
    """

    now: datetime
    appended_at: datetime
    policy: Policy
    actor: VerifiedActor
    source: CommandSource
    new_code: IssuedCode
    code_matches: bool | None = None
    code_wellformed: bool = True
