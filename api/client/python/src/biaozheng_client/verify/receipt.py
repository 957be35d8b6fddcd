"""A node's receipt: its signed promise that a record will stand in a block by a time."""

from dataclasses import dataclass

from ..ed25519 import verify
from ..envelope import envelope_of_json
from ..hashing import digest_text
from ..names import key_id, public_key, public_key_text
from ..strict_json import Optional, parse_strict, parsed, struct, text, unsigned
from .trust import Genesis

RECEIPT_PAYLOAD_TYPE = "application/vnd.biaozheng.receipt+json"
_DIGEST = parsed(digest_text, "'sha256:' and 64 digits")
_SHAPE = struct(
    {
        "chain": _DIGEST,
        "record": _DIGEST,
        "node": text,
        "key": parsed(public_key, "a public key"),
        "received_at_ms": unsigned,
        "promised_by_ms": unsigned,
        "history_size": Optional(unsigned),
    }
)


class ReceiptRefused(ValueError):
    """Why a receipt proves nothing."""


@dataclass(frozen=True)
class Receipt:
    chain: str
    record: str
    node: str
    key: bytes
    received_at_ms: int
    promised_by_ms: int
    #: The node's word that the record is none of the log's first so many leaves; None in receipts of before.
    history_size: int | None = None


def receipt_of(data: bytes) -> Receipt:
    """Reads DSSE JSON whose signature holds; raises ValueError. Whose key it is, `check_receipt` compares."""
    envelope = envelope_of_json(data, RECEIPT_PAYLOAD_TYPE)
    receipt = Receipt(**_SHAPE(parse_strict(envelope.payload)))
    line = envelope.signatures[0]
    if len(envelope.signatures) != 1 or line.key_id != key_id(receipt.key):
        raise ReceiptRefused("a receipt has one signature, by the key it names")
    if not verify(receipt.key, envelope.message(), line.data):
        raise ReceiptRefused("the signature does not match the key and the message")
    return receipt


def check_receipt(data: bytes, genesis: Genesis, record: str) -> Receipt:
    """The promise must be for this record, on this chain, by the key of that node in the genesis."""
    receipt = receipt_of(data)
    if receipt.chain != genesis.chain:
        raise ReceiptRefused(f"the receipt is for chain {receipt.chain}, expected {genesis.chain}")
    if receipt.record != record:
        raise ReceiptRefused(f"the receipt is for record {receipt.record}, expected {record}")
    key = public_key_text(receipt.key)
    if not any(one["api_key"] == key and one["name"] == receipt.node for one in genesis.nodes):
        raise ReceiptRefused(f"{key} is not the key of node {receipt.node!r} in the genesis")
    if receipt.promised_by_ms < receipt.received_at_ms:
        raise ReceiptRefused("the receipt promises a time before it was given")
    if receipt.history_size is None:
        # On a long log nobody could prove that such a promise was broken.
        raise ReceiptRefused("the receipt does not say how much of the log its node had looked through")
    return receipt
