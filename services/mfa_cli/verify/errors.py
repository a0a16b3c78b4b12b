"""What keeps verification from looking; what it finds is no error but a ``Finding``.

VerifyError
├── StuckLogError      a transaction does not end
├── LogAwayError       Kafka cannot be asked
└── DatabaseAwayError  PostgreSQL cannot be asked
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class VerifyError(Exception):
    """Verification cannot be done."""

    code: ClassVar[str] = "verify_error"


class StuckLogError(VerifyError):
    """A transaction does not end, so that nobody can say what its partition holds."""

    code: ClassVar[str] = "stuck_log"

    def __init__(self, topics: Sequence[str], partition: int) -> None:
        what = f"expected the transactions in partition {partition} of {', '.join(topics)} to end within 30 s"
        super().__init__(f"{what}, one is still open. Look at the workers' logs, and try again.")


class LogAwayError(VerifyError):
    """Kafka cannot be asked."""

    code: ClassVar[str] = "log_away"

    def __init__(self, error: Exception) -> None:
        super().__init__(f"expected Kafka with all topics to answer, got: {error}. Is it up? ./run up starts it.")


class DatabaseAwayError(VerifyError):
    """PostgreSQL cannot be asked."""

    code: ClassVar[str] = "database_away"

    def __init__(self, error: Exception) -> None:
        # Only its kind: a server's own text may quote rows.
        kind = type(error).__name__
        super().__init__(f"expected a migrated PostgreSQL to answer, got {kind}. Is it up? ./run up starts it.")
