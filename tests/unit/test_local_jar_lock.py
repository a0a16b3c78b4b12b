"""The lock of jars: read as it was written, and the one that is committed fits together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfa_local.errors import BadSettingError
from mfa_local.jar_lock import Jar, kafka_version, locked_jars, parse, render

names = st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True)
jars = st.builds(Jar, names, names, names, st.from_regex(r"[0-9a-f]{64}", fullmatch=True))


@given(st.frozensets(jars))
def test_a_written_lock_reads_back_the_same(locked: frozenset[Jar]) -> None:
    assert frozenset(parse(render(locked))) == locked


def test_a_line_of_the_lock_that_cannot_be_read_is_named() -> None:
    with pytest.raises(BadSettingError, match="expected group:artifact:version:sha256, got 'a:b:1:short'"):
        parse("a:b:1:short\n")


def test_a_lock_without_kafka_is_refused() -> None:
    with pytest.raises(BadSettingError, match=r"expected one org.apache.kafka:kafka_2.13, got 0"):
        kafka_version([])


def test_kafka_logs_through_a_binding_of_its_own_logging_version() -> None:
    versions = {jar.artifact: jar.version for jar in locked_jars()}

    assert versions["log4j-slf4j-impl"] == versions["log4j-core"]
