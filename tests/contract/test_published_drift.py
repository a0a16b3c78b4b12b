"""What is published is what the models say, byte by byte."""

from __future__ import annotations

from mfa_contracts.publish import drift
from support.golden import ROOT


def test_nothing_published_differs_from_the_models() -> None:
    assert drift(ROOT) == ()
