"""Data that a newer Kafka has made are refused with the way out; older ones are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_local.errors import DataTooNewError
from mfa_local.kafka_age import note_who_made, readable_by
from mfa_local.places import Places

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "kafka").mkdir()
    return Places(tmp_path)


@pytest.mark.parametrize("made_by", ["4.2.2", "4.2.9", "4.1.0", "3.9.2"])
def test_data_of_the_same_or_an_older_release_are_read(places: Places, made_by: str) -> None:
    note_who_made(places, made_by)

    readable_by(places, "4.2.2")


@pytest.mark.parametrize("made_by", ["4.3.0", "4.10.0", "5.0.0"])
def test_data_of_a_newer_release_are_refused(places: Places, made_by: str) -> None:
    note_who_made(places, made_by)

    with pytest.raises(DataTooNewError, match=rf"can read, got those of Kafka {made_by}.*up --fresh"):
        readable_by(places, "4.2.2")


def test_data_that_do_not_say_who_made_them_are_refused(places: Places) -> None:
    with pytest.raises(DataTooNewError, match=r"got those of Kafka \?.*up --fresh"):
        readable_by(places, "4.2.2")
