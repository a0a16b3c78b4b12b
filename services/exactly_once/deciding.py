"""Deciding a batch, and finding the record that makes it fail.

A batch that fails is decided again in halves; a record that fails alone after that is handed to the
application as poison, so that one bad record never blocks its partition. What was learnt outlives
the lease's holding, because a refused output costs the producer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from exactly_once import caution as cautions
from exactly_once.application import Batch, OverlayT, StateT
from exactly_once.errors import HaltedError, OutputRefusedError
from exactly_once.observations import BatchFailed, RecordPoisoned
from exactly_once.place import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exactly_once.caution import Caution
    from exactly_once.records import Offset, Partition, Record
    from exactly_once.setting import Setting


class Deciding(Generic[StateT, OverlayT]):
    """Decides the batches of one partition."""

    def __init__(self, setting: Setting[StateT, OverlayT], partition: Partition) -> None:
        self._setting = setting
        self._partition = partition
        self._caution: Caution | None = None
        self._refused: dict[Offset, OutputRefusedError] = {}
        self._poisoned: Offset | None = None

    def most_records(self, first: Offset) -> int:
        """How many records to take for the next batch, which begins at ``first``.

        A record that was refused is answered as poison, for itself alone: whatever came with it in the batch
        would be taken as answered too.
        """
        if first in self._refused:
            return 1
        return cautions.most_records(self._caution, first, self._setting.limits.transaction_records)

    async def decide(self, state: StateT, records: Sequence[Record]) -> Batch[OverlayT] | None:
        """Decide a batch; ``None`` when one of the records made it fail: take fewer and try again.

        Raises:
            HaltedError: the application says so, or cannot even answer a poisonous record.
        """
        refusal = self._refused.get(records[0].offset)
        if refusal is not None:
            return await self._poison(state, records[0], refusal)
        try:
            return await self._setting.application.decide(state, records)
        except HaltedError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the fault of one of the records
            if cautions.is_poison(self._caution, records):
                return await self._poison(state, records[0], error)
            self._look_closer(records, error)
            return None

    def refused(self, records: Sequence[Record], error: OutputRefusedError) -> None:
        """Note that the broker would not take what a batch led to.

        Raises:
            HaltedError: it was the answer to a poisonous record.
        """
        first = records[0].offset
        if self._poisoned == first:
            raise self._unanswerable(records[0], error)
        if cautions.is_poison(self._caution, records):
            self._refused[first] = error
        else:
            self._look_closer(records, error)

    def committed(self, records: Sequence[Record]) -> None:
        """Note that a batch went through."""
        self._caution = cautions.after_success(self._caution, records)
        self._refused.pop(records[0].offset, None)
        self._poisoned = None

    async def _poison(self, state: StateT, record: Record, error: Exception) -> Batch[OverlayT]:
        self._setting.observe(RecordPoisoned(self._partition, record.offset, self._told(error)))
        self._poisoned = record.offset
        try:
            return await self._setting.application.poison(state, record, error)
        except HaltedError:
            raise
        except Exception as second:
            raise self._unanswerable(record, second) from second

    def _look_closer(self, records: Sequence[Record], error: Exception) -> None:
        self._caution = cautions.after_failure(self._caution, records)
        self._setting.observe(BatchFailed(self._partition, records[0].offset, len(records), self._told(error)))

    def _unanswerable(self, record: Record, error: Exception) -> HaltedError:
        reason = (
            f"the record can be neither decided nor refused ({self._told(error)}); mend the service, then restart it"
        )
        return HaltedError(self._partition, record.offset, reason, self._setting.spec.input_topic)

    def _told(self, error: Exception) -> str:
        return told(error, self._setting.application)
