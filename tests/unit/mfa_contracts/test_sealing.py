"""What binds a sealed code to its user and command: no two bindings look alike."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mfa_contracts.ids import CommandId, TenantId, UserId
from mfa_contracts.sealing import Direction, SealedCode, sealing_info

BINDINGS: Final = st.tuples(
    st.sampled_from(Direction), st.text("ab-", max_size=4), st.text("ab-/\x00\x01", max_size=4), st.uuids()
)
BOX: Final = "b" * 96


def info(direction: Direction, tenant: str, user: str, command: UUID) -> bytes:
    return sealing_info(direction, TenantId(tenant), UserId(user), CommandId(command))


def parts_of(value: bytes) -> list[str]:
    """The parts of an info, read by their lengths."""
    parts = []
    while value:
        size = int.from_bytes(value[:2], "big")
        parts.append(value[2 : 2 + size].decode())
        value = value[2 + size :]
    return parts


@given(BINDINGS)
def test_the_parts_can_be_read_back_so_no_two_bindings_are_one(binding: tuple[Direction, str, str, UUID]) -> None:
    direction, tenant, user, command = binding

    assert parts_of(info(*binding)) == ["mfa-recovery-code/v1", direction.value, tenant, user, str(command)]


@given(BINDINGS, BINDINGS)
def test_different_bindings_differ(
    one: tuple[Direction, str, str, UUID], other: tuple[Direction, str, str, UUID]
) -> None:
    assert (info(*one) == info(*other)) == (one == other)


def test_a_sign_moved_from_the_tenant_to_the_user_is_another_binding() -> None:
    command = UUID(int=1)

    assert info(Direction.ISSUED, "acme", "xann", command) != info(Direction.ISSUED, "acmex", "ann", command)


def test_a_presented_code_is_not_bound_as_an_issued_one() -> None:
    command = UUID(int=1)

    assert info(Direction.ISSUED, "acme", "ann", command) != info(Direction.PRESENTED, "acme", "ann", command)


@pytest.mark.parametrize("box", ["", "b" * 63, "b" * 513, "b" * 64 + "=", "b" * 64 + "+", "b" * 64 + "\n"])
def test_a_box_is_base64url_of_a_sane_length(box: str) -> None:
    with pytest.raises(ValidationError):
        SealedCode(kid="sealing-1", box=box)


@pytest.mark.parametrize("kid", ["", "k" * 65, "a/b", "a b", "k\n"])
def test_a_key_id_is_a_plain_name(kid: str) -> None:
    with pytest.raises(ValidationError):
        SealedCode(kid=kid, box=BOX)
