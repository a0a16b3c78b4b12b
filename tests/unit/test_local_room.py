"""A log that tells of a full disk is understood."""

from __future__ import annotations

import pytest

from mfa_local.room import hint


@pytest.mark.parametrize("log", ["FATAL:  could not write: No space left on device", "java.io: Disk quota exceeded"])
def test_a_log_of_a_full_disk_is_called_that(log: str) -> None:
    assert hint(log) == "The disk is full: free some room and start again. "


def test_another_log_is_not_called_a_full_disk() -> None:
    assert hint("FATAL:  lock file exists") == ""
