"""One transaction: outputs, state, position and the group's offset, all or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exactly_once import position as positions
from exactly_once.position import Position
from exactly_once.records import Offset, Output

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from exactly_once.application import Spec
    from exactly_once.protocols import Producer
    from exactly_once.tail import Tail


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the transactions of one lease."""

    producer: Producer
    spec: Spec
    tail: Tail

    async def write(
        self, outputs: Sequence[Output], updates: Mapping[bytes, bytes | None], before: Position, next_input: Offset
    ) -> Position:
        """Write what was decided and how far that is; return the new position once it is committed.

        Every append is awaited: a failed one that nobody looks at would let the commit go through
        without it. The position waits for the main log's answer, since it names the last offset there.

        Raises:
            StrangerError: somebody else has written to the main log.
        """
        spec, producer = self.spec, self.producer
        await producer.begin()
        offsets = await self._send_all([*outputs, *self._records(updates)], next_input)
        last_output = offsets.get(spec.main_topic, before.last_output)
        appended = sum(output.topic == spec.main_topic for output in outputs)
        if appended:
            self.tail.check(last_output, appended)
        after = Position(next_input, last_output, before.state_format, before.log)
        await producer.send(spec.state_topic, [self._record(after)])
        await producer.commit()
        if appended:
            self.tail.committed(last_output)
        return after

    async def write_snapshot(self, updates: Mapping[bytes, bytes | None], position: Position | None) -> None:
        """Write state records; the position comes with the last of them, so that half a snapshot is none."""
        outputs = self._records(updates)
        if position is not None:
            outputs.append(self._record(position))
        await self.producer.begin()
        await self.producer.send(self.spec.state_topic, outputs)
        await self.producer.commit()

    async def _send_all(self, outputs: Sequence[Output], next_input: Offset) -> dict[str, Offset]:
        by_topic: dict[str, list[Output]] = {}
        for output in outputs:
            by_topic.setdefault(output.topic, []).append(output)
        sends = [self.producer.send(topic, together) for topic, together in by_topic.items()]
        group_offset = self.producer.send_offset(self.spec.input_topic, next_input, self.spec.group)
        return dict(zip(by_topic, await _all(sends, group_offset), strict=True))

    def _records(self, updates: Mapping[bytes, bytes | None]) -> list[Output]:
        return [Output(self.spec.state_topic, key, value) for key, value in updates.items()]

    def _record(self, position: Position) -> Output:
        return Output(self.spec.state_topic, positions.KEY, positions.encode(position))


async def _all(
    sends: Sequence[Coroutine[object, object, Offset]], group_offset: Coroutine[object, object, None]
) -> list[Offset]:
    # All of them end before the first failure is raised: the producer is thrown away next.
    answers = await asyncio.gather(*sends, group_offset, return_exceptions=True)
    failures = [a for a in answers if isinstance(a, BaseException)]
    if failures:
        raise failures[0]
    return [Offset(a) for a in answers if isinstance(a, int)]
