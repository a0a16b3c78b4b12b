"""What AsyncAPI says of a topic on Kafka: how long it keeps, who reads it, its settings, keys and headers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mfa_contracts import topics
from mfa_contracts.envelope import CONTENT_TYPE, CONTENT_TYPE_HEADER
from mfa_contracts.ids import TENANT_PATTERN, USER_PATTERN
from mfa_contracts.tokens import TOKEN_HEADER, TOKEN_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mfa_contracts.topics import Topic
    from mfa_contracts.upcasters import Json

_BINDING: Final = "0.5.0"
_HOUR_MS: Final = 60 * 60 * 1000
_HOURS_OF_A_DAY: Final = 24
_NUMBERS: Final = ("retention.ms", "retention.bytes", "max.message.bytes")
_USER_KEY: Final = f"{TENANT_PATTERN.removesuffix('$')}/{USER_PATTERN.removeprefix('^')}"

READERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        topics.COMMANDS: ("mfa_commands",),
        topics.EVENTS: ("mfa_projections", "mfa_commands"),
        topics.STATE: ("mfa_commands",),
        topics.OUTCOMES: ("clients",),
        topics.DEADLETTERS: ("operators",),
        topics.AUDIT: ("mfa_projections", "auditors"),
        topics.AUDIT_STATE: ("mfa_projections",),
        topics.NOTICES: ("notifiers",),
    }
)
"""Who reads a topic, by its name."""


def kept(topic: Topic) -> str:
    """How long records stay, in words."""
    if topic.config["cleanup.policy"] == "compact":
        return "Compacted: the newest record of each key stays."
    hours = int(topic.config["retention.ms"]) // _HOUR_MS
    if hours < 0:
        return "Kept for ever, never compacted."
    days, rest = divmod(hours, _HOURS_OF_A_DAY)
    return f"Kept for {hours} h." if rest else f"Kept for {days} d."


def kafka_topic(topic: Topic) -> Json:
    """The Kafka binding of a channel: its settings as far as the binding has a word for them."""
    return {"topic": topic.name, "topicConfiguration": _settings(topic), "bindingVersion": _BINDING}


def kafka_message(topic_name: str) -> Json:
    """The Kafka binding of a message: what its record key is."""
    return {**_key(topic_name), "bindingVersion": _BINDING}


def headers(topic_name: str) -> Json:
    """The schema of a record's headers."""
    content: Json = {"type": "string", "const": CONTENT_TYPE.decode()}
    if topic_name != topics.COMMANDS:
        return {"type": "object", "properties": {CONTENT_TYPE_HEADER: content}}
    token: Json = {"type": "string", "description": f"Who acts: a compact JWS of type `{TOKEN_TYPE}`, exactly one."}
    return {
        "type": "object",
        "properties": {TOKEN_HEADER: token, CONTENT_TYPE_HEADER: content},
        "required": [TOKEN_HEADER],
    }


def _settings(topic: Topic) -> Json:
    numbers: Json = {name: int(topic.config[name]) for name in _NUMBERS if name in topic.config}
    return {"cleanup.policy": [topic.config["cleanup.policy"]], **numbers}


def _key(topic_name: str) -> Json:
    match topic_name:
        case topics.DEADLETTERS:
            return {"key": {"type": "string", "format": "uuid", "description": "The dead letter's own id."}}
        case topics.OUTCOMES:
            return {"key": {"type": "string", "format": "uuid", "description": "The command's id."}}
        case _:
            return {"key": {"type": "string", "pattern": _USER_KEY, "description": "`tenant/user` in UTF-8."}}
