"""Where a record key belongs: the default partitioner of all Kafka clients (murmur2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiokafka.partitioner import murmur2

if TYPE_CHECKING:
    from collections.abc import Callable

_POSITIVE: Final = 0x7FFF_FFFF


def partitioner(partitions: int) -> Callable[[bytes], int]:
    """The partition of a key, of ``partitions`` in all."""

    def partition_of(key: bytes) -> int:
        return int(murmur2(key) & _POSITIVE) % partitions

    return partition_of
