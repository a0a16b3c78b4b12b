"""Publishing: written twice it is the same, a change is told, and a frozen example stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from mfa_contracts.publish import CATALOGUE, EXAMPLES, PUBLISHED, drift, files, main, write
from mfa_contracts.publish_examples import MANIFEST, FrozenExampleError, digests, freeze, frozen
from mfa_contracts.publish_markdown import markdown
from mfa_contracts.vocabulary import OutcomeCode

if TYPE_CHECKING:
    from pathlib import Path

RESET: Final = f"{PUBLISHED}/commands/mfa.command.ResetMfa.v1.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose published files are fresh, and that has one frozen example."""
    write(tmp_path)
    (tmp_path / EXAMPLES).mkdir(parents=True)
    (tmp_path / EXAMPLES / "mfa.command.ResetMfa.v1.json").write_text("{}\n")
    freeze(tmp_path / EXAMPLES)
    return tmp_path


def test_what_is_written_does_not_differ(root: Path) -> None:
    assert drift(root) == ()


def test_the_same_models_make_the_same_text() -> None:
    assert files() == files()


def test_a_changed_schema_is_told(root: Path) -> None:
    (root / RESET).write_text("{}")

    assert drift(root) == (f"differs or is missing: {RESET}",)


def test_a_missing_schema_is_told(root: Path) -> None:
    (root / RESET).unlink()

    assert drift(root) == (f"differs or is missing: {RESET}",)


def test_a_changed_catalogue_is_told(root: Path) -> None:
    (root / CATALOGUE).write_text("# Messages\n")

    assert drift(root) == (f"differs or is missing: {CATALOGUE}",)


def test_a_schema_of_no_message_is_told(root: Path) -> None:
    (root / f"{PUBLISHED}/events/mfa.event.Unheard.v1.json").write_text("{}")

    assert drift(root) == (f"no such message: {PUBLISHED}/events/mfa.event.Unheard.v1.json",)


def test_the_schema_of_an_older_version_stays(root: Path) -> None:
    (root / f"{PUBLISHED}/events/mfa.event.Old.v1.json").write_text("{}")

    assert drift(root, older={"mfa.event.Old.v1"}) == ()


def test_a_check_ends_well_without_a_drift(root: Path) -> None:
    assert main(["--root", str(root), "--check"]) == 0


def test_a_check_ends_badly_with_a_drift_and_says_what_to_do(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / RESET).unlink()

    assert main(["--root", str(root), "--check"]) == 1
    assert "run `python -m mfa_contracts.publish`" in capsys.readouterr().out


def test_publishing_mends_a_drift(root: Path) -> None:
    (root / RESET).unlink()

    assert main(["--root", str(root)]) == 0
    assert drift(root) == ()


def test_the_catalogue_is_printed_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--markdown"]) == 0
    assert capsys.readouterr().out == markdown()


@pytest.mark.parametrize("code", OutcomeCode)
def test_the_catalogue_has_every_outcome_code(code: OutcomeCode) -> None:
    assert f"\n| `{code}` | " in markdown()


def test_a_new_example_is_entered_into_the_manifest(root: Path) -> None:
    (root / EXAMPLES / "mfa.command.ResetMfa.v2.json").write_text("{}\n")

    assert main(["--root", str(root), "--freeze"]) == 0
    assert frozen(root / EXAMPLES) == digests(root / EXAMPLES)
    assert len(frozen(root / EXAMPLES)) == 2


def test_a_changed_example_is_not_frozen_anew(root: Path) -> None:
    before = (root / EXAMPLES / MANIFEST).read_text()
    (root / EXAMPLES / "mfa.command.ResetMfa.v1.json").write_text('{"changed": 1}\n')

    with pytest.raises(FrozenExampleError, match=r"mfa\.command\.ResetMfa\.v1\.json"):
        freeze(root / EXAMPLES)
    assert (root / EXAMPLES / MANIFEST).read_text() == before


def test_an_example_that_was_taken_away_is_told(root: Path) -> None:
    (root / EXAMPLES / "mfa.command.ResetMfa.v1.json").unlink()

    assert main(["--root", str(root), "--freeze"]) == 1
