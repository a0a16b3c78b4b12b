"""An attack under load: strike, wait until commands are answered again, ask again what is unknown, verify all."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chaos.arena import arena
from chaos.load import Load
from mfa_cli.local_client import local_client
from mfa_cli.verify.verifying import verify
from mfa_client import Done, OutcomeUnknownError
from mfa_contracts.vocabulary import OutcomeCode
from mfa_local.workers import ready

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from chaos.arena import Arena
    from mfa_client import MfaClient, Outcome, PreparedCommand

CALM_SECONDS: Final = 2.0
PATIENCE_SECONDS: Final = 90.0
ENOUGH_ANSWERS: Final = 25
_VERIFY_SECONDS: Final = 120.0


@dataclass(frozen=True)
class Attack:
    """``strike`` returns when the harm is done; ``stage`` is where. By hand only, unless ``always``."""

    strike: Callable[[Arena], Awaitable[None]]
    stage: Callable[[Path], AbstractAsyncContextManager[Arena]] = arena
    always: bool = False

    @property
    def name(self) -> str:
        """What happens, in words."""
        return self.strike.__name__


@dataclass(frozen=True)
class Row:
    """What an attack did: ``lost`` commands have no outcome even when asked again, ``broken`` rules are of verify.

    ``duplicated`` counts second outcomes and second effects; ``recovered_s`` is how long after the attack's beginning
    somebody still waited for more than a second.
    """

    name: str
    commands: int
    lost: int
    duplicated: int
    broken: list[str]
    recovered_s: float


async def attacked(attack: Attack, root: Path) -> Row:
    """Make the attack and look at what is left."""
    async with attack.stage(root) as place, local_client(place.connection, "chaos") as mfa:
        load = Load(mfa)
        sending, watching = asyncio.create_task(load.go_on()), asyncio.create_task(load.watch())
        await asyncio.sleep(CALM_SECONDS)
        struck = time.monotonic()
        await attack.strike(place)
        recovered = await _recovered(load, struck)
        await asyncio.sleep(CALM_SECONDS)
        sending.cancel()
        watching.cancel()
        await asyncio.gather(sending, watching, *load.under_way, return_exceptions=True)
        again = [await _asked_again(mfa, prepared) for prepared in load.unknown]
        await ready(place.read_side[-1], PATIENCE_SECONDS)
        broken = await _broken(place)
    return _row(attack.name, load, [outcome for outcome in again if outcome is not None], broken, recovered)


def _row(name: str, load: Load, again: list[Outcome], broken: list[str], recovered: float) -> Row:
    outcomes = [*load.answered, *again]
    lost = load.sent - len(outcomes) - len(load.failed)
    twice = len(outcomes) - len({outcome.command_id for outcome in outcomes})
    wrong = [o for o in outcomes if not isinstance(o, Done) or o.code is OutcomeCode.NOTHING_CHANGED]
    said = [*broken, *(f"an outcome {outcome.code}" for outcome in wrong), *load.failed]
    return Row(name, load.sent, lost, twice + len(wrong), said, round(recovered, 1))


async def _recovered(load: Load, struck: float) -> float:
    """Seconds from the attack's beginning until nobody waits for more than a second any more; 0 if nobody did."""
    done = time.monotonic()
    while (now := time.monotonic()) < done + PATIENCE_SECONDS:
        calm = now > max(done, load.ill_at) + CALM_SECONDS
        if calm and load.answered_since(done) >= ENOUGH_ANSWERS:
            return max(0.0, load.ill_at - struck)
        await asyncio.sleep(0.1)
    raise AssertionError(f"expected answers again within {PATIENCE_SECONDS:g} s of the attack, got none")


async def _asked_again(mfa: MfaClient, prepared: PreparedCommand) -> Outcome | None:
    for _ in range(3):
        try:
            return await mfa.ask_again(prepared)
        except OutcomeUnknownError:
            continue
    return None


async def _broken(place: Arena) -> list[str]:
    report = await verify(place.connection.kafka_bootstrap, place.connection.database_url, patience_s=_VERIFY_SECONDS)
    return [f"{f.rule}: {[str(d) for d in f.first]}" for f in report.findings if not f.holds]
