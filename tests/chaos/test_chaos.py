"""Something dies under load: nothing is lost, nothing is done twice, every rule of ``mfa verify`` holds afterwards.

Some attacks are made in every run of the tests, all by ``./run chaos``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chaos import disks, network, processes, servers, three_brokers
from chaos.attacked import attacked

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from chaos.attacked import Attack, Row

ATTACKS: Final[tuple[Attack, ...]] = (
    *processes.ATTACKS,
    *servers.ATTACKS,
    *network.ATTACKS,
    *disks.ATTACKS,
    *three_brokers.ATTACKS,
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    everything = metafunc.config.getoption("--all-attacks", default=False)
    attacks = [attack for attack in ATTACKS if attack.always or everything]
    metafunc.parametrize("attack", attacks, ids=lambda attack: attack.name)


async def test_nothing_is_lost_and_nothing_is_done_twice_when(attack: Attack, tmp_path: Path, rows: list[Row]) -> None:
    row = await attacked(attack, tmp_path)
    rows.append(row)

    assert (row.lost, row.duplicated, row.broken) == (0, 0, [])
