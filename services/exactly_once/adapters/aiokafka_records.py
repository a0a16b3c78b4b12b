"""From aiokafka's record to ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exactly_once.records import Offset, Partition, Record

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord


def record_of(raw: ConsumerRecord) -> Record:
    """Copy the fields over; a header without a value gets an empty one."""
    headers = tuple((name, value or b"") for name, value in raw.headers) if raw.headers else ()
    return Record(
        partition=Partition(raw.partition),
        offset=Offset(raw.offset),
        timestamp_ms=raw.timestamp,
        timestamp_type=raw.timestamp_type,
        key=raw.key,
        value=raw.value,
        headers=headers,
    )
