"""Recovery codes are sealed on the way and hashed where they are kept; only the right person's code is recognised."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from mfa_commands.adapters.codes import RecoveryCodes
from mfa_commands.adapters.keys import Peppers
from mfa_commands.domain.state import LiveCode, live_code
from mfa_commands.errors import ReplyKeyError, UnknownPepperError
from mfa_contracts.ids import CodeId, TenantId, UserId
from mfa_contracts.sealing import SealedCode
from support.commands import ReplyKey, b64
from support.deciding import RANDOMNESS, InMemory, enroll, wrong_code

if TYPE_CHECKING:
    from mfa_commands.handling import Minted

ACME, ANN = TenantId("acme"), UserId("ann")
COMMAND = enroll()
SMALL_ORDER = [
    "00" * 32,
    "01" + "00" * 31,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ec" + "ff" * 30 + "7f",
    "ed" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "7f",
]
"""All points of small order, RFC 7748 and https://cr.yp.to/ecdh.html."""


async def kept(service: InMemory) -> tuple[str, LiveCode]:
    code = await service.enrolled()
    live = live_code(service.states[b"acme/ann"])
    assert live is not None
    return code, live


async def test_a_code_is_recognised_for_its_own_user_only() -> None:
    service = InMemory()
    code, live = await kept(service)

    assert service.codes.recognises(code, live, ACME, ANN)
    assert not service.codes.recognises(code, live, ACME, UserId("bob"))
    assert not service.codes.recognises(code, live, TenantId("other"), ANN)


@pytest.mark.parametrize("other", [{"code_id": CodeId("rc_other")}, {"salt": bytes(16)}, {"tag": bytes(32)}])
async def test_a_code_is_recognised_by_all_that_is_kept_of_it(other: dict[str, Any]) -> None:
    service = InMemory()
    code, live = await kept(service)

    assert not service.codes.recognises(code, replace(live, **other), ACME, ANN)


async def test_another_code_is_not_recognised() -> None:
    service = InMemory()
    _, live = await kept(service)

    assert not service.codes.recognises(wrong_code(), live, ACME, ANN)


async def test_a_code_made_with_a_pepper_that_is_gone_is_no_wrong_code_but_a_defect() -> None:
    service = InMemory()
    code, live = await kept(service)
    without = RecoveryCodes(service.codes.sealing, Peppers("p2", {"p2": bytes(32)}), RANDOMNESS)

    with pytest.raises(UnknownPepperError, match="p1"):
        without.recognises(code, live, ACME, ANN)


def test_what_is_kept_of_a_code_does_not_hold_it_and_its_repr_neither() -> None:
    minted = fresh()

    assert minted.code not in repr(minted)
    assert minted.code not in minted.issued.model_dump_json()


def test_two_codes_share_neither_id_nor_salt() -> None:
    one, two = fresh(), fresh()

    assert one.code != two.code
    assert one.issued.code_id != two.issued.code_id
    assert one.issued.verifier.salt != two.issued.verifier.salt


def test_a_sealed_code_opens_for_the_requester() -> None:
    reply = ReplyKey()
    sealed = InMemory().codes.sealed("CODE", reply.public, ACME, ANN, COMMAND.id)

    assert reply.open(sealed, COMMAND) == "CODE"


@pytest.mark.parametrize("point", SMALL_ORDER)
@pytest.mark.parametrize("top_bit", [0, 0x80])
def test_a_reply_key_of_small_order_is_not_taken_and_would_not_be_sealed_to(point: str, top_bit: int) -> None:
    raw = bytearray.fromhex(point)
    raw[-1] |= top_bit
    codes = InMemory().codes

    assert not codes.takes(b64(bytes(raw)))
    with pytest.raises(ReplyKeyError):
        codes.sealed("CODE", b64(bytes(raw)), ACME, ANN, COMMAND.id)


def test_a_usual_reply_key_is_taken() -> None:
    assert InMemory().codes.takes(ReplyKey().public)


def test_a_box_for_another_key_id_is_not_opened() -> None:
    service = InMemory()
    sealed = service.gateway.seal(wrong_code(), COMMAND.id)
    assert service.codes.opened(sealed, ACME, ANN, COMMAND.id) is not None

    assert service.codes.opened(SealedCode(kid="older", box=sealed.box), ACME, ANN, COMMAND.id) is None


def test_a_box_with_one_changed_bit_is_not_opened() -> None:
    service = InMemory()
    sealed = service.gateway.seal(wrong_code(), COMMAND.id)
    raw = bytearray(base64.urlsafe_b64decode(sealed.box + "=="))
    for place in (0, 31, 32, len(raw) - 1):
        other = raw.copy()
        other[place] ^= 1
        assert service.codes.opened(SealedCode(kid=sealed.kid, box=b64(bytes(other))), ACME, ANN, COMMAND.id) is None


def fresh() -> Minted:
    return InMemory().codes.minted(ACME, ANN)
