"""What can go wrong between a caller and the service. A refusal is no error: it is an answer.

ClientError
├── SettingError          a key file or setting makes no sense
├── BadCommandError       the command cannot be what the service takes; nothing was sent
├── NotSentError          the broker did not take the command; nothing will be decided
├── OutcomeUnknownError   sent, or perhaps sent, and no answer in time: ask again with the same command
├── ForeignOutcomeError   an answer whose recovery code does not open with this command's key
└── StatusError
    ├── StatusStaleError  the tables are further behind than the caller accepts
    └── StatusUnavailableError  the tables cannot be asked
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from mfa_client.preparing import PreparedCommand


class ClientError(Exception):
    """Base of all errors of this package."""

    code: ClassVar[str] = "client"


class SettingError(ClientError):
    """A key file or setting is missing or makes no sense. Its content is never quoted."""

    code: ClassVar[str] = "setting"


class BadCommandError(ClientError):
    """The command cannot be what the service takes; nothing was sent. Values are never quoted."""

    code: ClassVar[str] = "bad_command"


class NotSentError(ClientError):
    """The broker did not take the command, and never will as it is."""

    code: ClassVar[str] = "not_sent"


class OutcomeUnknownError(ClientError):
    """No answer in time. The command may be decided, now or later.

    ``prepared`` asks for exactly the same again: ``await mfa.ask_again(error.prepared)``. Making a
    new command instead could do the thing twice.
    """

    code: ClassVar[str] = "outcome_unknown"

    def __init__(self, prepared: PreparedCommand, why: str) -> None:
        super().__init__(f"{why}; the outcome is unknown, ask again with the same command ({prepared.command_id})")
        self.prepared = prepared


class ForeignOutcomeError(ClientError):
    """The recovery code of an answer does not open with the key of this command: it is not for this sender."""

    code: ClassVar[str] = "foreign_outcome"


class StatusError(ClientError):
    """How a user stands cannot be told."""

    code: ClassVar[str] = "status"


class StatusStaleError(StatusError):
    """The tables are further behind than the caller accepts: not a reason to have anybody enrol."""

    code: ClassVar[str] = "status_stale"


class StatusUnavailableError(StatusError):
    """The tables cannot be asked."""

    code: ClassVar[str] = "status_unavailable"
