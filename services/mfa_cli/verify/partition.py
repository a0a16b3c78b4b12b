"""One partition from end to end: its state and positions, its events, audit records, commands, and their tables."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mfa_cli.verify.answers import AnswerCheck
from mfa_cli.verify.appends import AppendCheck
from mfa_cli.verify.asked import Asked
from mfa_cli.verify.audits import AuditCheck, AuditTableCheck
from mfa_cli.verify.codes import CodeCheck
from mfa_cli.verify.history import HistoryCheck
from mfa_cli.verify.identity import same_log
from mfa_cli.verify.positions import Ends, PositionCheck, Standing
from mfa_cli.verify.readable import ReadableCheck
from mfa_cli.verify.sequences import SequenceCheck
from mfa_cli.verify.silence import SilenceCheck
from mfa_cli.verify.states import StateCheck, folded
from mfa_cli.verify.tables import CHUNK
from mfa_cli.verify.views import ViewCheck
from mfa_cli.verify.waiting import decided, projected
from mfa_contracts.topics import AUDIT, COMMANDS, DEADLETTERS, EVENTS, STATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exactly_once.records import Record
    from mfa_cli.verify.appended import Appended, EventCheck
    from mfa_cli.verify.findings import Finding
    from mfa_cli.verify.log import Span
    from mfa_cli.verify.sources import Sources
    from mfa_cli.verify.stored import Stored
    from mfa_cli.verify.tables import Tables


@dataclass(frozen=True, slots=True)
class _Checks:
    """All that look at the events, in one pass."""

    alone: Sequence[EventCheck]
    views: ViewCheck
    history: HistoryCheck
    answers: AnswerCheck

    def meet(self, event: Appended, known: int) -> None:
        """``known``: the last event that the state knows of; commands after it may be under way."""
        for check in (*self.alone, self.views):
            check.meet(event)
        if event.offset <= known:
            self.answers.meet(event)


async def verify_partition(sources: Sources, partition: int) -> tuple[Finding, ...]:
    """All findings of one partition, in the order of the rules."""
    return await _Partition(sources, partition).verified()


class _Partition:
    def __init__(self, sources: Sources, partition: int) -> None:
        self._log, self._database, self._sources = sources.log, sources.database, sources
        self._number = partition
        self._readable = ReadableCheck()

    async def verified(self) -> tuple[Finding, ...]:
        # What is read first is what the others must have reached: a fact goes from state to relay to tables.
        events_before, commands = await self._log.spans([EVENTS, COMMANDS], self._number)
        stored, last = await decided(self._sources, commands)
        relay, finding = await projected(self._sources, self._number, stored, last)
        async with self._database.snapshot() as tables:
            rest = await self._compare(stored, relay, tables, events_before.end)
        return (*rest, self._same_log(stored), self._same_log(relay), finding)

    async def _compare(self, stored: Stored, relay: Stored, tables: Tables, events_end: int) -> tuple[Finding, ...]:
        reached = await tables.checkpoints(self._number)
        audit = AuditCheck(relay.next_input)
        audit_table = await self._hear_audit(audit, tables, reached.get("audit", 0))
        spans = await self._log.spans([EVENTS, COMMANDS, DEADLETTERS], self._number)
        events, commands, _ = spans
        position_check = self._position_check(stored, Ends(events_end, commands.end))
        alone = (AppendCheck(), SequenceCheck(), CodeCheck(), self._state_check(stored), position_check, audit)
        until = reached.get("views", 0)
        checks = _Checks(alone, ViewCheck(until), HistoryCheck(until), AnswerCheck(commands.start))
        await self._meet_events(events, checks, stored.last_output, tables)
        await self._compare_views(checks.views, tables)
        self._sources.owners.add(checks.views.users(), until)
        answered = await self._answered(checks.answers, spans, stored)
        *found, told = [check.finding() for check in alone]
        in_tables = (checks.views.finding(), checks.history.finding())
        return (self._readable.finding(), *found, answered, *in_tables, told, audit_table)

    # ---- positions --------------------------------------------------------------------------------------------

    def _state_check(self, stored: Stored) -> StateCheck:
        return StateCheck(self._number, stored.states, stored.last_output, folded)

    def _position_check(self, stored: Stored, ends: Ends) -> PositionCheck:
        standing = None if stored.position is None else Standing(stored.next_input, stored.last_output)
        return PositionCheck(f"{STATE}[{self._number}]", standing, ends)

    def _same_log(self, stored: Stored) -> Finding:
        recorded = None if stored.position is None else stored.position.log
        return same_log(f"{stored.topic}[{self._number}]", recorded, self._sources.identity)

    # ---- logs and their tables --------------------------------------------------------------------------------

    async def _hear_audit(self, audit: AuditCheck, tables: Tables, until: int) -> Finding:
        check, offsets = AuditTableCheck(until), array("q")
        (span,) = await self._log.spans([AUDIT], self._number)
        async for records in self._log.read(span):
            told = self._readable.audits(records)
            for each in told:
                audit.hear(each)
            due = check.due(told)
            check.compare(due, await tables.audit([each.message.id for each in due]))
            offsets.extend(each.offset for each in due)
        for place in await tables.strays("audit", self._number, offsets, check.rows.found):
            check.rows.stray(f"audit_record {place}")
        return check.finding()

    async def _meet_events(self, span: Span, checks: _Checks, known: int, tables: Tables) -> None:
        history, offsets = checks.history, array("q")
        async for records in self._log.read(span):
            events = self._readable.events(records)
            for event in events:
                checks.meet(event, known)
            due = history.due(events)
            history.compare(due, await tables.history(due.keys()))
            offsets.extend(each.offset for each in due.values())
        for place in await tables.strays("history", self._number, offsets, history.rows.found):
            history.rows.stray(f"event_history {place}")

    async def _compare_views(self, views: ViewCheck, tables: Tables) -> None:
        users = views.users()
        for start in range(0, len(users), CHUNK):
            some = users[start : start + CHUNK]
            views.compare(some, await tables.views(some))

    # ---- commands ---------------------------------------------------------------------------------------------

    async def _answered(self, answers: AnswerCheck, spans: Sequence[Span], stored: Stored) -> Finding:
        events, commands, letters = spans
        asked = [_asked(r) for r in await self._all(commands) if r.offset < stored.next_input]
        dead = self._readable.dead(await self._all(letters))
        silent = answers.left_over(asked, dead)
        finding = answers.finding()
        if not silent:
            return finding
        silence = SilenceCheck(silent, datetime.now(UTC))
        async for records in self._log.read(events):
            for event in ReadableCheck().events(records):
                silence.meet(event)
        return finding + silence.finding()

    async def _all(self, span: Span) -> Sequence[Record]:
        return [record async for records in self._log.read(span) for record in records]


def _asked(record: Record) -> Asked:
    at = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
    return Asked(record.partition, record.offset, at, record.value or b"")
