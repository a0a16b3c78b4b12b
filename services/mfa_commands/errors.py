"""What can go wrong in the command service beside a command that is merely refused.

CommandServiceError
├── StartError            the service must not start
│   ├── SettingError      a setting is missing or makes no sense
│   └── SecretError       a key file is missing, too short, or readable by others
├── TokenError            the transaction token does not prove who asks for this command
├── ReplyKeyError         no box can be sealed to this reply key
└── UnknownPepperError    a stored code was made with a pepper that this service was not given
"""

from __future__ import annotations

from typing import ClassVar


class CommandServiceError(Exception):
    """Base of all errors of the command service."""

    code: ClassVar[str] = "command_service"


class StartError(CommandServiceError):
    """The service refuses to start; the message names what to change."""

    code: ClassVar[str] = "start_refused"


class SettingError(StartError):
    """A setting is missing or makes no sense."""

    code: ClassVar[str] = "setting"


class SecretError(StartError):
    """A key file is missing, unreadable, too short, or open to others. Its content is never quoted."""

    code: ClassVar[str] = "secret"


class TokenError(CommandServiceError):
    """The transaction token does not prove who asks for this command. The token is never quoted."""

    code: ClassVar[str] = "token_invalid"


class ReplyKeyError(CommandServiceError):
    """No box can be sealed to this reply key: it is no usable point of Curve25519."""

    code: ClassVar[str] = "reply_key"


class UnknownPepperError(CommandServiceError):
    """A stored code was made with a pepper that this service was not given: right and wrong cannot be told apart."""

    code: ClassVar[str] = "unknown_pepper"
