"""Settings and the command line: what is wrong is named and not quoted, and nothing runs then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mfa_commands.__main__ import main
from mfa_commands.adapters.partitioning import partitioner
from mfa_commands.errors import SettingError
from mfa_commands.settings import Settings, read_settings
from mfa_local.secrets import make_secrets

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MFA_{name.upper()}", raising=False)
    monkeypatch.setenv("MFA_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("MFA_SECRETS_DIR", str(tmp_path))


def test_two_settings_are_enough(tmp_path: Path) -> None:
    settings = read_settings()

    assert (settings.kafka_bootstrap, settings.secrets_dir) == ("127.0.0.1:1", tmp_path)
    assert (settings.group, settings.http_host) == ("mfa-commands", "127.0.0.1")


@pytest.mark.parametrize("name", ["kafka_bootstrap", "secrets_dir"])
def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(f"MFA_{name.upper()}")

    with pytest.raises(SettingError, match=f"MFA_{name.upper()}"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kafka_bootstrap", "nowhere"),
        ("http_port", "0"),
        ("batch_records", "none"),
        ("batch_bytes", "1"),
        ("group", "a b"),
        ("stuck_after_seconds", "0"),
    ],
)
def test_a_senseless_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MFA_{name.upper()}", value)

    with pytest.raises(SettingError, match=f"MFA_{name.upper()}"):
        read_settings()


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_a_check_of_good_settings_and_keys_runs_nothing(tmp_path: Path) -> None:
    make_secrets(tmp_path)

    assert main(["--check"]) == 0


def test_a_missing_key_file_ends_it_with_2_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "MFA_SECRETS_DIR/issuers.jwks.json" in capsys.readouterr().err


def test_a_wrong_setting_ends_it_with_2_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MFA_HTTP_PORT", "x")

    assert main([]) == 2
    assert "MFA_HTTP_PORT" in capsys.readouterr().err


def test_the_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    out = capsys.readouterr().out
    assert [name for name in Settings.model_fields if f"MFA_{name.upper()}" not in out] == []


@pytest.mark.parametrize(
    ("key", "murmur2"),
    [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536), ("abc", 479470107)],
)
def test_keys_are_placed_as_every_kafka_client_places_them(key: str, murmur2: int) -> None:
    # The values are those that Apache Kafka's own test of murmur2 asks for (UtilsTest.testMurmur2).
    assert partitioner(48)(key.encode()) == (murmur2 & 0x7FFFFFFF) % 48
