"""Which Kafka made the data: an older one cannot read what a newer one has written, and says so in no clear words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_local.errors import DataTooNewError

if TYPE_CHECKING:
    from mfa_local.places import Places


def note_who_made(places: Places, version: str) -> None:
    """Keep the version of the Kafka that is about to make the data."""
    (places.kafka / "made-by").write_text(f"{version}\n", encoding="utf-8")


def readable_by(places: Places, version: str) -> None:
    """Return if this version can read the data that are there.

    Raises:
        DataTooNewError: a newer Kafka has made them, or one from before that was kept.
    """
    file = places.kafka / "made-by"
    made_by = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    if not made_by or _release(made_by) > _release(version):
        raise DataTooNewError(
            f"{places.kafka_data}: expected data that Kafka {version} can read, got those of Kafka {made_by or '?'}. "
            "`./run up --fresh` throws them away and begins anew; to keep them, use the version of this project that "
            "made them."
        )


def _release(version: str) -> tuple[int, int]:
    major, minor, *_ = version.split(".")
    return int(major), int(minor)
