"""The command line of the read side."""

from __future__ import annotations

import pytest

from mfa_projections.__main__ import main
from mfa_projections.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MFA_{name.upper()}", raising=False)


def test_a_wrong_setting_ends_it_with_2_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 2
    assert "MFA_KAFKA_BOOTSTRAP" in capsys.readouterr().err


def test_a_check_of_good_settings_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFA_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("MFA_DATABASE_URL", "postgresql://127.0.0.1:1/none")

    assert main(["--check"]) == 0


def test_the_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    told = capsys.readouterr().out
    assert [name for name in Settings.model_fields if f"MFA_{name.upper()}" not in told] == []
