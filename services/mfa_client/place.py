"""Where a user's records are: by the default partitioner of all Kafka clients (murmur2 of the record key)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiokafka.partitioner import murmur2

from mfa_client.errors import BadCommandError
from mfa_contracts.errors import BadKeyError
from mfa_contracts.ids import record_key, split_key

if TYPE_CHECKING:
    from mfa_contracts.ids import TenantId, UserId

_POSITIVE: Final = 0x7FFF_FFFF


def partition_of(tenant: TenantId, user: UserId, partitions: int) -> int:
    """The partition of a user's records.

    Raises:
        BadCommandError: no record can be about such a user.
    """
    key = record_key(tenant, user)
    try:
        split_key(key)
    except BadKeyError as error:
        raise BadCommandError(str(error)) from None
    return int(murmur2(key) & _POSITIVE) % partitions
