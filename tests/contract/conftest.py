"""The worlds that the contract of the ports is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.copying import copying_spec
from support.worlds import KafkaWorld, ModelWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.worlds import World


@pytest.fixture(params=["model", "kafka"])
def unmade(request: pytest.FixtureRequest, topic_prefix: str) -> ModelWorld | KafkaWorld:
    spec = copying_spec(topic_prefix)
    if request.param == "model":
        return ModelWorld(spec)
    return KafkaWorld(request.getfixturevalue("kafka_bootstrap"), spec)


@pytest.fixture
async def world(unmade: ModelWorld | KafkaWorld) -> AsyncIterator[World]:
    if isinstance(unmade, ModelWorld):
        yield unmade
        return
    await unmade.make_topics()
    yield unmade
    await unmade.real_log.close()
    assert unmade.seen == []
