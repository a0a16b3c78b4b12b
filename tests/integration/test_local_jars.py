"""Kafka's jars come whole and as locked, or not at all, and the message says what to do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import pytest

from mfa_local.errors import ChecksumWrongError, DiskFullError, DownloadFailedError
from mfa_local.jar_lock import Jar
from mfa_local.jars import fetch
from mfa_local.ports import free_port
from support.jar_repository import Repository, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY: Final = bytes(range(256)) * 40
JAR: Final = Jar("org.example", "thing", "1.0", hashlib.sha256(BODY).hexdigest())


@pytest.fixture
def repository() -> Iterator[Repository]:
    with serving(Repository({JAR.path: BODY})) as running:
        yield running


def test_a_jar_arrives_byte_for_byte(repository: Repository, tmp_path: Path) -> None:
    (file,) = fetch([JAR], repository.address, tmp_path / "new", Event())

    assert file.read_bytes() == BODY


def test_what_is_there_and_right_is_not_fetched_again(repository: Repository, tmp_path: Path) -> None:
    fetch([JAR], repository.address, tmp_path, Event())
    fetch([JAR], repository.address, tmp_path, Event())

    assert len(repository.asked) == 1


def test_a_jar_that_was_spoilt_in_the_cache_is_fetched_again(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / JAR.file_name).write_bytes(b"spoilt")
    (file,) = fetch([JAR], repository.address, tmp_path, Event())

    assert file.read_bytes() == BODY


def test_a_jar_with_another_checksum_is_refused(repository: Repository, tmp_path: Path) -> None:
    repository.files[JAR.path] = b"something else"
    with pytest.raises(ChecksumWrongError) as refused:
        fetch([JAR], repository.address, tmp_path, Event())

    got = hashlib.sha256(b"something else").hexdigest()
    assert f"{JAR.path}: expected sha256 {JAR.sha256}, got {got}." in str(refused.value)
    assert "set MFA_MAVEN_REPO_URL" in str(refused.value)


def test_nothing_of_a_refused_jar_stays(repository: Repository, tmp_path: Path) -> None:
    repository.files[JAR.path] = b"something else"
    with pytest.raises(ChecksumWrongError):
        fetch([JAR], repository.address, tmp_path, Event())

    assert list(tmp_path.glob(f"{JAR.file_name}*")) == []


def test_a_connection_that_closes_too_early_is_a_failed_download_and_no_wrong_checksum(
    repository: Repository, tmp_path: Path
) -> None:
    repository.breaks_after = 1000
    with pytest.raises(DownloadFailedError, match="What came so far is kept: start again to go on"):
        fetch([JAR], repository.address, tmp_path, Event())

    assert (tmp_path / f"{JAR.file_name}.part").read_bytes() == BODY[:1000]


def test_a_download_ends_when_it_is_told_to_and_keeps_what_came(tmp_path: Path) -> None:
    long = BODY * 100
    stop = Event()
    stop.set()
    with serving(Repository({JAR.path: long})) as repository, pytest.raises(DownloadFailedError, match="stopped"):
        fetch([JAR], repository.address, tmp_path, stop)

    assert 0 < len((tmp_path / f"{JAR.file_name}.part").read_bytes()) < len(long)


def test_half_a_download_is_gone_on_with(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / f"{JAR.file_name}.part").write_bytes(BODY[:1000])
    (file,) = fetch([JAR], repository.address, tmp_path, Event())

    assert (file.read_bytes(), repository.asked) == (BODY, [(f"/{JAR.path}", "bytes=1000-")])


def test_half_a_download_of_another_day_is_begun_anew(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / f"{JAR.file_name}.part").write_bytes(b"x" * 1000)
    (file,) = fetch([JAR], repository.address, tmp_path, Event())

    assert file.read_bytes() == BODY


def test_a_whole_download_that_was_not_put_in_place_is_put_there(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / f"{JAR.file_name}.part").write_bytes(BODY)
    (file,) = fetch([JAR], repository.address, tmp_path, Event())

    assert file.read_bytes() == BODY


def test_a_repository_that_lacks_the_jar_is_named_with_what_to_set(repository: Repository, tmp_path: Path) -> None:
    repository.files.clear()
    with pytest.raises(DownloadFailedError, match=rf"{repository.address}/{JAR.path}.*404.*set MFA_MAVEN_REPO_URL"):
        fetch([JAR], repository.address, tmp_path, Event())


def test_no_network_says_what_to_set_behind_a_proxy(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailedError, match=r"Is there a network\? Behind a proxy set HTTPS_PROXY"):
        fetch([JAR], f"http://127.0.0.1:{free_port()}", tmp_path, Event())


def test_a_full_disk_says_how_much_is_needed_and_how_to_use_another(repository: Repository, tmp_path: Path) -> None:
    # The kernel's own full disk: every write there fails as on a real one.
    (tmp_path / f"{JAR.file_name}.part").symlink_to(Path("/dev/full"))
    with pytest.raises(
        DiskFullError, match=r"expected room for about 50 MB of jars, but the disk is full\..*XDG_CACHE_HOME"
    ):
        fetch([JAR], repository.address, tmp_path, Event())
