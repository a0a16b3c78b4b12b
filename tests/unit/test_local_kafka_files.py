"""What Kafka is started with."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from mfa_local.containers import kafka_image
from mfa_local.jar_lock import kafka_version, locked_jars
from mfa_local.kafka import cluster_id
from mfa_local.kafka_files import Node, broker_settings

PLACE = Path("/somewhere")


def test_the_container_runs_the_same_kafka_as_the_lock() -> None:
    version = kafka_version(locked_jars())

    assert kafka_image(version, 1).name == f"apache/kafka:{version}"


@given(st.uuids())
@example(UUID("f8000000-0000-4000-8000-000000000000"))
def test_kafkas_own_tool_never_takes_a_cluster_id_for_an_option(new_id: UUID) -> None:
    assert (len(cluster_id(new_id)), cluster_id(new_id)[0] == "-") == (22, False)


def test_the_broker_listens_on_this_machine_alone() -> None:
    listeners = broker_settings(Node(1, 2, PLACE))["listeners"]

    assert listeners == "PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2"
