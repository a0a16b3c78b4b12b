"""The parts of a process learn together whether the broker is there."""

from __future__ import annotations

import structlog

from mfa_projections.settings import Settings
from mfa_projections.wiring import service

NOWHERE = {"kafka_bootstrap": "127.0.0.1:1", "database_url": "postgresql://mfa@127.0.0.1:1/mfa"}


async def test_each_part_is_told_that_the_broker_is_away_and_that_it_is_back() -> None:
    logger = structlog.wrap_logger(structlog.ReturnLogger(), processors=[])
    async with service(Settings.model_validate(NOWHERE), logger) as parts:
        parts.broker_gone("refused")
        away = {name: status.broker_error for name, status in parts.status().items()}
        parts.broker_there()
        back = {name: status.broker_error for name, status in parts.status().items()}

    assert away == dict.fromkeys(("relay", "views", "audit"), "refused")
    assert back == dict.fromkeys(("relay", "views", "audit"))
