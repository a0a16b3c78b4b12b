"""Settings: what is configured wins, half a configuration is refused, and every refusal names the setting."""

from __future__ import annotations

import socket
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mfa_local.choice import choose_backend
from mfa_local.errors import BadSettingError
from mfa_local.settings import Configured, cache_directory, maven_repository, parse_choice, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OWN = {"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092", "DATABASE_URL": "postgresql://me@db/mfa"}
NO_DOCKER = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}


def test_configured_servers_are_taken_first() -> None:
    settings = read_settings(OWN)

    assert (settings.configured, choose_backend(settings, "auto")) == (
        Configured("kafka:9092", "postgresql://me@db/mfa"),
        "configured",
    )


def test_a_docker_engine_that_answers_is_taken_next() -> None:
    with docker(b"HTTP/1.0 200 OK\r\n\r\nOK") as environ:
        assert choose_backend(read_settings(environ), "auto") == "containers"


def test_a_docker_engine_that_answers_with_an_error_does_not_count() -> None:
    with docker(b"HTTP/1.0 500 Internal Server Error\r\n\r\n") as environ:
        assert choose_backend(read_settings(environ), "auto") == "embedded"


def test_without_both_the_servers_are_our_own() -> None:
    assert choose_backend(read_settings(NO_DOCKER), "auto") == "embedded"


def test_what_is_asked_for_is_taken_although_another_comes_first() -> None:
    assert choose_backend(read_settings(OWN), "embedded") == "embedded"


def test_containers_without_an_engine_are_refused_and_not_replaced() -> None:
    with pytest.raises(BadSettingError, match="no Docker engine answers"):
        choose_backend(read_settings(NO_DOCKER), "containers")


def test_configured_without_a_configuration_is_refused_and_not_replaced() -> None:
    with pytest.raises(BadSettingError, match="set KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL"):
        choose_backend(read_settings({}), "configured")


@pytest.mark.parametrize(
    ("there", "missing"),
    [("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL"), ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS")],
)
def test_one_configured_server_without_the_other_is_refused(there: str, missing: str) -> None:
    with pytest.raises(BadSettingError, match=f"{missing} is not set"):
        read_settings({there: OWN[there]})


def test_a_backend_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadSettingError, match="expected one of auto, configured, containers, embedded, got 'docker'"):
        parse_choice("docker")


@pytest.mark.parametrize("count", ["0", "-1", "twelve", "10001", "1.5"])
def test_a_partition_count_that_cannot_be_right_is_refused(count: str) -> None:
    with pytest.raises(BadSettingError, match="MFA_PARTITIONS: expected a number from 1 to 10000"):
        read_settings({"MFA_PARTITIONS": count})


@pytest.mark.parametrize(("environ", "count"), [({}, 12), (OWN, 48), ({"MFA_PARTITIONS": "7"}, 7)])
def test_the_partition_count_follows_the_servers_unless_it_is_set(environ: Mapping[str, str], count: int) -> None:
    assert read_settings(environ).partitions == count


def test_a_configured_kafka_counts_as_several_brokers_unless_it_is_said_to_be_one() -> None:
    assert [read_settings(OWN).single_broker, read_settings({**OWN, "MFA_EMBEDDED": "1"}).single_broker] == [
        False,
        True,
    ]


def test_a_repository_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(BadSettingError, match="MFA_MAVEN_REPO_URL: expected an http"):
        maven_repository({"MFA_MAVEN_REPO_URL": "ftp://mirror"})


def test_a_mirror_is_used_instead_of_the_central_repository() -> None:
    assert maven_repository({"MFA_MAVEN_REPO_URL": "https://mirror/maven/"}) == "https://mirror/maven"


def test_downloads_are_kept_where_the_user_wants_caches() -> None:
    assert cache_directory({"XDG_CACHE_HOME": "/somewhere"}) == Path("/somewhere/mfa-recovery")


@contextmanager
def docker(answer: bytes) -> Iterator[Mapping[str, str]]:
    """Something that answers one request as an engine would; yields how to find it."""
    # A short path of its own: the name of a socket may have 100 letters only.
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as engine:
        engine.bind(f"{directory}/d.sock")
        engine.listen(1)
        thread = threading.Thread(target=_answer_once, args=(engine, answer))
        thread.start()
        yield {"DOCKER_HOST": f"unix://{directory}/d.sock"}
        thread.join()


def _answer_once(engine: socket.socket, answer: bytes) -> None:
    connection, _ = engine.accept()
    with connection:
        connection.recv(1024)
        connection.sendall(answer)
