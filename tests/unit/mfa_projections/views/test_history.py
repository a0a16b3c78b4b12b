"""The row of one event in the history."""

from __future__ import annotations

import json

from mfa_contracts.codec import encode
from mfa_projections.views import history_row
from support.facts import Life, uuid


def test_a_row_says_who_did_what_to_whom_and_where_it_stands() -> None:
    ann = Life()
    event = ann.reset()

    row = history_row(event, partition=3, offset=17, value=encode(event))

    assert (row.tenant_id, row.user_id, row.sequence, row.event_id) == ("acme", "ann", 1, event.id)
    assert (row.type, row.at) == ("mfa.event.MfaReset.v1", event.time)
    assert (row.actor_subject, row.actor_role, row.actor_tenant) == ("bob", "tenant_admin", "acme")
    assert (row.actor_issuer, row.actor_workload) == ("https://login.acme.example", "login")
    assert row.actor_txn == uuid("txn-bob")
    assert (row.command_id, row.correlation_id) == (event.causationid, "req-1")
    assert (row.log_partition, row.log_offset) == (3, 17)


def test_the_whole_event_is_kept_as_it_stands_in_the_log() -> None:
    event = Life().reset()

    row = history_row(event, 0, 0, encode(event))

    assert json.loads(row.event) == json.loads(encode(event))
