from __future__ import annotations

from mfa_cli.verify.findings import SHOWN_MAX, Difference, Finding, Notes, Report, merged


def noted(differing: int) -> Finding:
    notes = Notes("rule", "events", checked=10)
    for number in range(differing):
        notes.differ(number, expected=1, got=2)
    return notes.finding()


def test_all_differences_are_counted_and_the_first_are_kept() -> None:
    finding = noted(SHOWN_MAX + 2)

    assert (finding.differing, len(finding.first)) == (SHOWN_MAX + 2, SHOWN_MAX)
    assert finding.first[0] == Difference("0", "1", "2")


def test_partitions_add_up_to_one_finding_for_each_rule() -> None:
    other = Finding("other", "users", checked=1)

    both = merged([(noted(1), other), (noted(SHOWN_MAX), other)])

    assert [(finding.rule, finding.checked, finding.differing) for finding in both] == [
        ("rule", 20, SHOWN_MAX + 1),
        ("other", 2, 0),
    ]
    assert len(both[0].first) == SHOWN_MAX


def test_one_difference_is_enough_to_disagree() -> None:
    assert Report((noted(0),)).agrees
    assert not Report((noted(0), noted(1))).agrees
