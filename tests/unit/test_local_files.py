"""The small files of the local servers: the lock of jars, the ports, the connection, Kafka's settings, migrations."""

from __future__ import annotations

import socket
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mfa_local.connection import Connection, from_json, to_json
from mfa_local.containers import kafka_image
from mfa_local.errors import BadSettingError, MigrationError
from mfa_local.jar_lock import Jar, kafka_version, locked_jars, parse, render
from mfa_local.kafka import cluster_id
from mfa_local.kafka_files import Node, broker_settings
from mfa_local.migrations import parse as parse_migration
from mfa_local.ports import choose, free_port
from mfa_local.room import hint


PLACE = Path("/somewhere")
RUNNING = Connection(
    "embedded", "127.0.0.1:1", "postgresql://mfa:secret@127.0.0.1:2/mfa", True, 12, PLACE, PLACE, "4.3.1", "18.6"
)

names = st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True)
jars = st.builds(Jar, names, names, names, st.from_regex(r"[0-9a-f]{64}", fullmatch=True))


@given(st.frozensets(jars))
def test_a_written_lock_reads_back_the_same(locked: frozenset[Jar]) -> None:
    assert frozenset(parse(render(locked))) == locked


def test_a_line_of_the_lock_that_cannot_be_read_is_named() -> None:
    with pytest.raises(BadSettingError, match="expected group:artifact:version:sha256, got 'a:b:1:short'"):
        parse("a:b:1:short\n")


def test_a_lock_without_kafka_is_refused() -> None:
    with pytest.raises(BadSettingError, match=r"expected one org.apache.kafka:kafka_2.13, got 0"):
        kafka_version([])


def test_kafka_logs_through_a_binding_of_its_own_logging_version() -> None:
    versions = {jar.artifact: jar.version for jar in locked_jars()}

    assert versions["log4j-slf4j-impl"] == versions["log4j-core"]


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


def test_ports_stay_what_they_were(tmp_path: Path) -> None:
    assert choose(["a", "b"], tmp_path / "ports") == choose(["a", "b"], tmp_path / "ports")


def test_a_port_that_somebody_took_is_replaced(tmp_path: Path) -> None:
    before = choose(["a", "b"], tmp_path / "ports")
    with socket.socket() as other:
        other.bind(("127.0.0.1", before["a"]))
        other.listen()
        after = choose(["a", "b"], tmp_path / "ports")

    assert (after["a"] == before["a"], after["b"]) == (False, before["b"])


def test_spoilt_remembered_ports_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "ports").write_text("{half")

    assert choose(["a"], tmp_path / "ports")["a"] > 0


def test_free_ports_are_above_those_of_the_system() -> None:
    assert free_port() > 1023


def test_a_written_connection_reads_back_the_same() -> None:
    assert from_json(to_json(RUNNING)) == RUNNING


def test_a_description_shows_no_password() -> None:
    assert "secret" not in RUNNING.describe()


@pytest.mark.parametrize("name", ["1_short.sql", "20261124000000.sql", "20261124000000_Upper.sql", "readme.sql"])
def test_a_migration_with_another_kind_of_name_is_refused(name: str) -> None:
    with pytest.raises(MigrationError, match=f"{name}: expected a name like 20261124000000_what_it_does.sql"):
        parse_migration(name, "-- Why.\n-- migrate:up\n-- migrate:down\n")


@pytest.mark.parametrize(
    "text",
    [
        "create table a ();",
        "-- migrate:up\n",
        "-- migrate:down\n-- migrate:up\n",
        "-- migrate:up\n" * 2 + "-- migrate:down\n",
    ],
)
def test_a_migration_without_its_two_marks_in_order_is_refused(text: str) -> None:
    with pytest.raises(MigrationError, match="expected one line '-- migrate:up' and after it one '-- migrate:down'"):
        parse_migration("20261124000000_a.sql", text)


@pytest.mark.parametrize("log", ["FATAL:  could not write: No space left on device", "java.io: Disk quota exceeded"])
def test_a_log_of_a_full_disk_is_called_that(log: str) -> None:
    assert hint(log) == "The disk is full: free some room and start again. "


def test_another_log_is_not_called_a_full_disk() -> None:
    assert hint("FATAL:  lock file exists") == ""
