"""The plain way to do the work, as short as it can be: what the command worker is compared with.

Consumes, parses JSON, checks the signature, opens the sealed code, writes two records, in one
transaction for each partition of a fetch. It knows no rules and no state, checks nothing else, and
loses or repeats commands in the cases that ``exactly_once`` is there for.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from mfa_contracts.sealing import Direction, sealing_info
from support.commands import gateway_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiokafka import ConsumerRecord, TopicPartition
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GROUP: Final = "bench-raw"
SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


async def main() -> None:
    bootstrap, secrets = os.environ["MFA_KAFKA_BOOTSTRAP"], Path(os.environ["MFA_SECRETS_DIR"])
    commands, events, outcomes = os.environ["BENCH_TOPICS"].split(",")
    work = Work(gateway_of(secrets).signing.public_key(), _sealing_key(secrets), events, outcomes)
    consumer = AIOKafkaConsumer(
        commands,
        bootstrap_servers=bootstrap,
        group_id=GROUP,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    await consumer.start()
    producers: dict[TopicPartition, AIOKafkaProducer] = {}
    print("ready", flush=True)  # noqa: T201 - whoever started this process waits for it
    while True:
        for partition, records in (await consumer.getmany(timeout_ms=100, max_records=500)).items():
            if partition not in producers:
                producers[partition] = await _producer(bootstrap, partition)
            await work.transaction(producers[partition], partition, records)


class Work:
    def __init__(self, issuer: Ed25519PublicKey, sealing: X25519PrivateKey, events: str, outcomes: str) -> None:
        self.issuer, self.sealing, self.events, self.outcomes = issuer, sealing, events, outcomes

    async def transaction(
        self, producer: AIOKafkaProducer, partition: TopicPartition, records: Sequence[ConsumerRecord]
    ) -> None:
        async with producer.transaction():
            sent = [await send for record in records for send in self._two(producer, partition.partition, record)]
            await asyncio.gather(*sent)
            await producer.send_offsets_to_transaction({partition: records[-1].offset + 1}, GROUP)

    def _two(self, producer: AIOKafkaProducer, partition: int, record: ConsumerRecord) -> tuple[Any, Any]:
        event, outcome, key = self._decided(record)
        return (
            producer.send(self.events, event, record.key, partition=partition),
            producer.send(self.outcomes, outcome, key, partition=partition),
        )

    def _decided(self, record: ConsumerRecord) -> tuple[bytes, bytes, bytes]:
        command = json.loads(record.value)
        self._check(dict(record.headers)["txn-token"], record.value)
        if "sealed_code" in command["data"]:
            self._open(command)
        event = {**command, "type": "mfa.event", "data": {"reason": "raw", "source": record.offset}}
        outcome = {"id": command["id"], "data": {"verdict": "accepted", "code": "done", "mfa_version": 1}}
        return json.dumps(event).encode(), json.dumps(outcome).encode(), command["id"].encode()

    def _check(self, token: bytes, value: bytes) -> None:
        signed, _, signature = token.rpartition(b".")
        self.issuer.verify(_unb64(signature), signed)
        claims = json.loads(_unb64(signed.partition(b".")[2]))
        if claims["tctx"]["sha256"] != sha256(value).hexdigest():
            raise ValueError("expected a token for these bytes")

    def _open(self, command: dict[str, Any]) -> bytes:
        info = sealing_info(Direction.PRESENTED, command["tenantid"], command["subject"], command["id"])
        return SUITE.decrypt(_unb64(command["data"]["sealed_code"]["box"].encode()), self.sealing, info=info)


async def _producer(bootstrap: str, partition: TopicPartition) -> AIOKafkaProducer:
    transactional_id = f"{GROUP}.{partition.partition}"
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=transactional_id, acks="all")
    await producer.start()
    return producer


def _sealing_key(secrets: Path) -> X25519PrivateKey:
    private = json.loads((secrets / "sealing-private.json").read_text())["x25519_private"]
    return X25519PrivateKey.from_private_bytes(_unb64(private.encode()))


def _unb64(value: bytes) -> bytes:
    return base64.urlsafe_b64decode(value + b"==")


if __name__ == "__main__":
    asyncio.run(main())
