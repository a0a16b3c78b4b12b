"""Which messages are published: every type that the codec reads, its model, its folder and the topic it travels on."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from mfa_contracts import topics
from mfa_contracts.audit import AuditMessage
from mfa_contracts.commands import COMMANDS
from mfa_contracts.deadletters import DeadLetterMessage
from mfa_contracts.events import EVENTS
from mfa_contracts.outcomes import OutcomeMessage
from mfa_contracts.tokens import TokenClaims

if TYPE_CHECKING:
    from collections.abc import Iterable

TOKEN: Final = "mfa.token.TransactionToken.v1"  # noqa: S105 - the name of a format
"""The published name of the token's claims: a token carries no ``type`` of its own."""


@dataclass(frozen=True, slots=True)
class PublishedMessage:
    """One message type in one version; ``topic`` is None for the token, which travels in a header."""

    type_name: str
    folder: str
    topic: str | None
    model: type[BaseModel]

    @property
    def name(self) -> str:
        """The type without its area and version, for instance ``MfaReset``."""
        return self.type_name.split(".")[-2]

    @property
    def version(self) -> str:
        """The version, for instance ``v1``."""
        return self.type_name.split(".")[-1]


def published() -> tuple[PublishedMessage, ...]:
    """All messages, in the order of the way of the data."""
    return (
        *_of("commands", topics.COMMANDS, COMMANDS),
        *_of("events", topics.EVENTS, EVENTS),
        *_of("outcomes", topics.OUTCOMES, (OutcomeMessage,)),
        *_of("deadletters", topics.DEADLETTERS, (DeadLetterMessage,)),
        *_of("audit", topics.AUDIT, (AuditMessage,)),
        PublishedMessage(TOKEN, "tokens", None, TokenClaims),
    )


def data_of(message: PublishedMessage) -> type[BaseModel]:
    """The model of what a message says: that of ``data`` where there is one alone, else the message itself."""
    data = message.model.model_fields.get("data")
    inner = None if data is None else data.annotation
    return inner if inspect.isclass(inner) and issubclass(inner, BaseModel) else message.model


def meaning(message: PublishedMessage) -> str:
    """What a message says, after its model's docstring."""
    return " ".join((inspect.getdoc(data_of(message)) or "").split()).replace("``", "`")


def first_sentence(text: str) -> str:
    """The first sentence of a text."""
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else head


def _of(folder: str, topic: str, models: Iterable[type[BaseModel]]) -> tuple[PublishedMessage, ...]:
    return tuple(PublishedMessage(model.model_fields["type"].default, folder, topic, model) for model in models)
