"""The topic catalogue: what is kept, for how long, and who may write."""

from __future__ import annotations

import re
from typing import Final

import pytest

from mfa_contracts import topics
from mfa_contracts.publish_topics import READERS, kept
from mfa_contracts.topics import Topic, catalogue

DAY_MS: Final = 24 * 60 * 60 * 1000
TOPICS: Final = {topic.name: topic for topic in catalogue()}
FOR_EVER: Final = (topics.EVENTS, topics.AUDIT)
COMPACTED: Final = (topics.STATE, topics.AUDIT_STATE)


def test_names_are_unique() -> None:
    assert len(TOPICS) == len(catalogue())


def test_names_are_legal_and_never_collide_in_kafkas_metrics() -> None:
    # Kafka warns where `.` and `_` are mixed: both become `_` in the names of its metrics.
    assert all(re.fullmatch(r"[a-z]+(\.[a-z]+)+", name) for name in TOPICS)


@pytest.mark.parametrize("name", FOR_EVER)
def test_facts_and_audit_are_kept_for_ever_and_never_compacted(name: str) -> None:
    config = TOPICS[name].config

    assert (config["cleanup.policy"], config["retention.ms"], config["retention.bytes"]) == ("delete", "-1", "-1")


@pytest.mark.parametrize("name", COMPACTED)
def test_a_cache_of_a_log_is_compacted(name: str) -> None:
    assert TOPICS[name].config["cleanup.policy"] == "compact"


def test_nothing_else_is_compacted() -> None:
    assert {name for name, topic in TOPICS.items() if "compact" in topic.config["cleanup.policy"]} == set(COMPACTED)


@pytest.mark.parametrize(
    ("name", "days"),
    [(topics.COMMANDS, 7), (topics.OUTCOMES, 1 / 24), (topics.DEADLETTERS, 30), (topics.NOTICES, 7)],
)
def test_everything_else_goes_after_its_time(name: str, days: float) -> None:
    assert int(TOPICS[name].config["retention.ms"]) == days * DAY_MS


def test_outcomes_stand_in_segments_shorter_than_they_are_kept() -> None:
    config = TOPICS[topics.OUTCOMES].config

    assert int(config["segment.ms"]) < int(config["retention.ms"])


def test_only_the_commands_have_the_brokers_time() -> None:
    stamped = {name for name, topic in TOPICS.items() if topic.config.get("message.timestamp.type") == "LogAppendTime"}

    assert stamped == {topics.COMMANDS}


def test_a_command_far_too_large_to_be_decided_still_arrives_and_is_answered() -> None:
    assert int(TOPICS[topics.COMMANDS].config["max.message.bytes"]) >= 16 * topics.COMMAND_BYTES_MAX


@pytest.mark.parametrize("topic", catalogue(), ids=lambda topic: topic.name)
def test_no_copy_that_lags_may_lead(topic: Topic) -> None:
    assert topic.config["unclean.leader.election.enable"] == "false"


def test_a_real_cluster_loses_a_broker_without_losing_a_record() -> None:
    assert (topics.replication(embedded=False), topics.in_sync(embedded=False)) == (3, 2)


def test_the_embedded_broker_is_alone() -> None:
    assert (topics.replication(embedded=True), topics.in_sync(embedded=True)) == (1, 1)


def test_only_the_command_service_writes_facts_state_outcomes_and_dead_letters() -> None:
    written = {name for name, topic in TOPICS.items() if topic.written_by == "mfa_commands"}

    assert written == {topics.EVENTS, topics.STATE, topics.OUTCOMES, topics.DEADLETTERS}


def test_only_the_read_side_writes_audit_and_notices() -> None:
    written = {name for name, topic in TOPICS.items() if topic.written_by == "mfa_projections"}

    assert written == {topics.AUDIT, topics.AUDIT_STATE, topics.NOTICES}


def test_every_topic_says_who_reads_it() -> None:
    assert set(READERS) == set(TOPICS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (topics.COMMANDS, "Kept for 7 d."),
        (topics.EVENTS, "Kept for ever, never compacted."),
        (topics.STATE, "Compacted: the newest record of each key stays."),
        (topics.OUTCOMES, "Kept for 1 h."),
    ],
)
def test_how_long_is_told_in_words(name: str, words: str) -> None:
    assert kept(TOPICS[name]) == words
