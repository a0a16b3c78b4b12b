"""The AsyncAPI 3.0 document: every topic of the catalogue, what travels on it, who appends and who reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mfa_contracts import topics
from mfa_contracts.envelope import CONTENT_TYPE
from mfa_contracts.publish_catalogue import meaning, published
from mfa_contracts.publish_topics import READERS, headers, kafka_message, kafka_topic, kept

if TYPE_CHECKING:
    from mfa_contracts.publish_catalogue import PublishedMessage
    from mfa_contracts.topics import Topic
    from mfa_contracts.upcasters import Json

_SERVICES: Final = ("mfa_commands", "mfa_projections")
_ABOUT: Final = (
    "Resets and recovers multi-factor authentication. Services publish commands and read the outcomes; the events are "
    "the truth and are kept for ever. All messages are CloudEvents 1.0 in structured JSON mode. Whatever concerns a "
    "user stands on the partition that Kafka's default partitioner (murmur2) gives to the key `tenant/user`."
)


def asyncapi() -> Json:
    """The whole document; message payloads are references to the schema files beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "MFA reset and recovery",
            "version": "1",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE.decode(),
        "channels": {topic.name: _channel(topic) for topic in topics.catalogue()},
        "operations": {
            name: operation for topic in topics.catalogue() for name, operation in _operations(topic).items()
        },
        "components": {"messages": {message.type_name: _message(message) for message in _on_topics()}},
    }


def _channel(topic: Topic) -> Json:
    return {
        "address": topic.name,
        "description": " ".join((kept(topic), _who(topic), *_silence(topic))),
        "messages": {
            message.type_name: {"$ref": f"#/components/messages/{message.type_name}"} for message in _on(topic.name)
        },
        "bindings": {"kafka": kafka_topic(topic)},
    }


def _who(topic: Topic) -> str:
    return f"Written by {topic.written_by}, read by {' and '.join(READERS[topic.name])}."


def _silence(topic: Topic) -> tuple[str, ...]:
    if _on(topic.name):
        return ()
    private = READERS[topic.name] == (topic.written_by,)
    return ("Packed state, private to its writer.",) if private else ("No message of version 1 travels here.",)


def _on_topics() -> tuple[PublishedMessage, ...]:
    return tuple(message for message in published() if message.topic is not None)


def _on(topic_name: str) -> tuple[PublishedMessage, ...]:
    return tuple(message for message in _on_topics() if message.topic == topic_name)


def _operations(topic: Topic) -> Json:
    sides = (("send", topic.written_by), *(("receive", reader) for reader in READERS[topic.name]))
    ours = [(action, service) for action, service in sides if service in _SERVICES and _on(topic.name)]
    return {f"{service}.{action}.{topic.name}": _operation(action, topic) for action, service in ours}


def _operation(action: str, topic: Topic) -> Json:
    made: Json = {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{message.type_name}"} for message in _on(topic.name)],
    }
    answered = action == "receive" and topic.name == topics.COMMANDS
    return {**made, "reply": {"channel": {"$ref": f"#/channels/{topics.OUTCOMES}"}}} if answered else made


def _message(message: PublishedMessage) -> Json:
    topic = message.topic or ""
    return {
        "name": message.type_name,
        "title": f"{message.name} {message.version}",
        "summary": meaning(message),
        "contentType": CONTENT_TYPE.decode(),
        "correlationId": {"location": f"$message.payload#/{_command_id(topic)}", "description": "The command's id."},
        "headers": headers(topic),
        "payload": {"$ref": f"./{message.folder}/{message.type_name}.json"},
        "bindings": {"kafka": kafka_message(topic)},
    }


def _command_id(topic_name: str) -> str:
    return "id" if topic_name == topics.COMMANDS else "causationid"
