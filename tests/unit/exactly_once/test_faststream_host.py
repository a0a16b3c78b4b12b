"""How FastStream is asked to consume: what it is not told, aiokafka decides, and not as is needed here."""

from __future__ import annotations

from typing import Any

import pytest
from faststream.kafka import KafkaBroker

from exactly_once.adapters.faststream_host import FastStreamHost
from support.copying import copying_spec


class Asked(Exception):  # noqa: N818 - ends a start where a connection would be opened
    pass


@pytest.fixture
async def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What aiokafka's consumer is made with."""
    options: dict[str, Any] = {}

    def consumer(**said: Any) -> None:  # noqa: ANN401 - as aiokafka takes them
        options.update(said)
        raise Asked

    monkeypatch.setattr("aiokafka.AIOKafkaConsumer", consumer)
    broker = KafkaBroker("127.0.0.1:1", consumer_only=True, allow_auto_create_topics=False, logger=None)
    FastStreamHost(broker, copying_spec("t."), lambda _: None)
    with pytest.raises(Asked):
        await broker.start()
    await broker.stop()
    return options


def test_only_what_was_committed_is_consumed(asked: dict[str, Any]) -> None:
    # A command in a sender's transaction that is aborted later would be decided.
    assert asked["isolation_level"] == "read_committed"


def test_an_offset_that_the_log_no_longer_holds_begins_at_its_start(asked: dict[str, Any]) -> None:
    # From the end on, a worker would pass over commands without a word.
    assert asked["auto_offset_reset"] == "earliest"


def test_no_offset_is_committed_but_in_a_transaction(asked: dict[str, Any]) -> None:
    assert asked["enable_auto_commit"] is False


def test_a_worker_consumes_in_its_group(asked: dict[str, Any]) -> None:
    assert asked["group_id"] == "t.copy"
