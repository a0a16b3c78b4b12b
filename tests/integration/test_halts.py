"""What nobody but the service may write into a log halts its partition in every reader, never is it passed over."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from mfa_contracts.topics import AUDIT, EVENTS
from mfa_local import postgres_home
from mfa_local.places import Places
from support.health import until_not_ready
from support.own_stack import environ_at, servers, working
from support.posting import posting
from support.reading import until_rows
from support.spoilt import (
    FACTS,
    SOUND,
    SPOILT,
    asked,
    decided,
    gap_in_audit,
    gap_in_events,
    next_event,
    other_key,
    scene,
    unreadable,
    user_in,
    write_foreign,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from support.spoilt import Foreign, Scene


class Case(NamedTuple):
    """``halting`` are the parts of the read side that stop; where none does, it has ``taken`` the record for sound."""

    topic: str
    foreign: Foreign
    halting: tuple[str, ...] = ("relay", "views")
    taken: int = 0


CASES: Mapping[str, Case] = {
    "an unreadable event": Case(EVENTS, unreadable),
    "a gap in a user's events": Case(EVENTS, gap_in_events),
    "an event under another key": Case(EVENTS, other_key),
    "an event that only who has not written it can tell": Case(EVENTS, next_event, (), taken=1),
    "an unreadable audit record": Case(AUDIT, unreadable, ("audit",)),
    "a gap in a user's audit records": Case(AUDIT, gap_in_audit, ("audit",)),
}
IN_EVENTS = [name for name, case in CASES.items() if case.topic == EVENTS]


@pytest.fixture(scope="module", params=CASES)
def spoilt(request: pytest.FixtureRequest) -> Iterator[tuple[Case, Scene]]:
    case = CASES[request.param]
    with tempfile.TemporaryDirectory(prefix="mfa-halt-") as home, scene(Path(home), case.topic, case.foreign) as begun:
        yield case, begun


async def test_each_reader_halts_at_the_record_and_the_service_is_not_ready(spoilt: tuple[Case, Scene]) -> None:
    case, begun = spoilt
    pages = [await until_not_ready(begun.readers, f"{part}: 0 halted") for part in case.halting]

    for part, (status, told) in zip(case.halting, pages, strict=True):
        assert (status, f"{part}: 0 halted at offset {begun.offset} of {case.topic}: " in told) == (503, True), told


@pytest.mark.parametrize("spoilt", IN_EVENTS, indirect=True, scope="module")
async def test_the_command_worker_halts_at_what_it_has_not_written(spoilt: tuple[Case, Scene]) -> None:
    _, begun = spoilt
    status, told = await until_not_ready(begun.commands, "halted")

    assert (status, f"0 halted at offset {begun.offset} of {EVENTS}: " in told) == (503, True), told


async def test_the_sound_partition_goes_on_to_the_end(spoilt: tuple[Case, Scene]) -> None:
    case, begun = spoilt
    answer = await decided(begun.connection, user_in(SOUND, "later"))
    for table in ("event_history", "audit_record"):
        await until_rows(begun.connection.database_url, table, 3 * FACTS + case.taken)

    assert answer.code == "ok"


async def test_a_command_worker_at_work_notices_a_strangers_event_before_it_appends_another(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        connection = (await stack.enter_async_context(servers(environ_at(tmp_path)))).connection
        worker = await stack.enter_async_context(working(connection))
        user = user_in(SPOILT)
        await decided(connection, user)
        await decided(connection, user)
        offset = await write_foreign(connection, EVENTS, next_event)
        post = await stack.enter_async_context(posting(connection.kafka_bootstrap))
        _, signed = asked(connection, user)
        await post.put(signed)
        status, told = await until_not_ready(worker, "halted")
        events = await post.events("acme")
    postgres_home.forget(Places(tmp_path))

    assert (status, f"0 halted at offset {offset} of {EVENTS}: " in told) == (503, True), told
    assert len(events) == FACTS + 2
