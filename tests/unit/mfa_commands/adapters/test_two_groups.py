"""Two workers that were started with different groups: each is given all partitions, and only one may decide."""

from __future__ import annotations

from exactly_once.observations import LeaseLost
from mfa_commands.adapters.application import spec
from support.kafka_model_group import Group
from support.leasing import Rig, until, values


async def test_workers_of_different_groups_fence_each_other_and_decide_nothing_twice() -> None:
    one, other = Rig(spec=spec("one")), Rig(spec=spec("other"))
    other.cluster, other.group = one.cluster, Group(one.cluster, "other", one.spec.input_topic)
    first, second = one.worker(), other.worker()
    wanted = values(40)
    async with one.running(first), other.running(second):
        for value in wanted:
            one.write(value)
            await one.until_copied(value)
        await until(lambda: "fenced" in codes_of(first.saw(LeaseLost) + second.saw(LeaseLost)))

    assert (one.copied(), one.numbers()) == (wanted, list(range(1, 41)))


def codes_of(lost: list[LeaseLost]) -> set[str]:
    return {each.code for each in lost}
