"""Settings come from the environment, and a wrong one is named without being quoted."""

from __future__ import annotations

import pytest

from mfa_projections.errors import SettingError
from mfa_projections.settings import Settings, read_settings

URL = "postgresql://mfa:hunter2@127.0.0.1:5432/mfa"


def told(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MFA_{name.upper()}", raising=False)
    for name, value in {"kafka_bootstrap": "127.0.0.1:9092", "database_url": URL, **values}.items():
        monkeypatch.setenv(f"MFA_{name.upper()}", value)


def test_two_addresses_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch)

    settings = read_settings()

    assert (settings.kafka_bootstrap, settings.http_host) == ("127.0.0.1:9092", "127.0.0.1")


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch)
    monkeypatch.delenv("MFA_DATABASE_URL")

    with pytest.raises(SettingError, match="MFA_DATABASE_URL"):
        read_settings()


@pytest.mark.parametrize(("name", "value"), [("http_port", "0"), ("projection_records", "0"), ("kafka_bootstrap", "x")])
def test_a_senseless_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    told(monkeypatch, **{name: value})

    with pytest.raises(SettingError, match=f"MFA_{name.upper()}"):
        read_settings()


def test_the_databases_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch)

    assert "hunter2" not in repr(read_settings())


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())
