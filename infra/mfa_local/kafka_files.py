"""The files that one Kafka node is started with: its settings and its logging, as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mfa_contracts.topics import RECORD_BYTES_MAX
from mfa_local.ports import LOCALHOST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SLACK_BYTES: Final = 64 * 1024
_INTERNAL_PARTITIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Node:
    """One broker that is its own controller: two ports on 127.0.0.1 and a data directory (none: the image's own)."""

    port: int
    controller_port: int
    data: Path | None


def server_properties(node: Node) -> str:
    """The node's settings in Kafka's own format."""
    return "".join(f"{name}={value}\n" for name, value in broker_settings(node).items())


def broker_settings(node: Node) -> Mapping[str, str]:
    """All settings of the node by their names."""
    return {**_identity(node), **_one_copy(), **_what_we_rely_on(), **_quick()}


def log4j2_properties(log: Path) -> str:
    """Logging into one file that rolls at 20 MB."""
    return f"""status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {log}
appender.file.filePattern = {log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{ISO8601}} %-5p %c{{1}} %m%n
appender.file.policies.type = SizeBasedTriggeringPolicy
appender.file.policies.size = 20MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""


def _identity(node: Node) -> Mapping[str, str]:
    broker, controller = f"{LOCALHOST}:{node.port}", f"{LOCALHOST}:{node.controller_port}"
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        # A fixed list and not a recorded one: the controller's port may be another at the next start.
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{broker}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        **({} if node.data is None else {"log.dirs": str(node.data)}),
    }


def _one_copy() -> Mapping[str, str]:
    return {
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
    }


def _what_we_rely_on() -> Mapping[str, str]:
    return {
        "auto.create.topics.enable": "false",
        "delete.topic.enable": "false",
        "unclean.leader.election.enable": "false",
        "message.max.bytes": str(RECORD_BYTES_MAX + _SLACK_BYTES),
        "replica.fetch.max.bytes": str(RECORD_BYTES_MAX + _SLACK_BYTES),
        "transaction.max.timeout.ms": "60000",
    }


def _quick() -> Mapping[str, str]:
    # One person waits for this broker: no pause before a first rebalance, short waits for what hangs, few files.
    return {
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
        "log.cleaner.backoff.ms": "1000",
        "offsets.topic.num.partitions": str(_INTERNAL_PARTITIONS),
        "transaction.state.log.num.partitions": str(_INTERNAL_PARTITIONS),
        "num.network.threads": "2",
        "num.io.threads": "4",
    }
