"""The two layers of an entry, and who bids on what.

    outer:  kind 1 | identity | field(inner) | signature 64 | zeros     kind 0 dummy, 1 bid, 2 withdrawal
    inner:  KEM 160 | ciphertext of: body length 4 | body | zeros
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ..hashing import digest_bytes, digest_text, sha256
from ..limits import U32_MAX
from ..names import identifier
from .kem import Point, key_point, seal_key
from .wire import (
    KEM_BYTES,
    OUTER_OVERHEAD_BYTES,
    SIZE_CLASS_BYTES,
    SUITE,
    Layer,
    Reader,
    SealError,
    derive,
    field,
    fields,
    slot_label,
    tender_label,
    u32,
    u64,
)

DUMMY, BID, WITHDRAWAL = 0, 1, 2
_IDENTIFIER_BYTES_MAX = 64
_NONCE = bytes(12)


@dataclass(frozen=True)
class SealingGroup:
    """The chain an entry belongs to and the key of the group that can open it, 96 bytes."""

    chain: str
    key: bytes

    def __post_init__(self) -> None:
        if digest_text(self.chain) is None:
            raise SealError("a chain is 'sha256:' and 64 lower-case digits")
        self.point()

    def point(self) -> Point:
        return key_point(self.key)


@dataclass(frozen=True)
class BidIdentity:
    """What both layers of a bid are bound to. A higher sequence replaces a lower one of the same bidder and lot."""

    tender: str
    opening_number: int
    lot: str
    bidder: str
    bidder_key: bytes
    sequence: int

    def __post_init__(self) -> None:
        if None in (identifier(self.tender), identifier(self.lot), identifier(self.bidder)):
            raise SealError("tender, lot and bidder are 1 to 64 of A-Z a-z 0-9 . _ : -")
        if len(self.bidder_key) != 32:
            raise SealError("a bidder's key has 32 bytes")
        if not (0 <= self.opening_number <= U32_MAX and 0 <= self.sequence <= U32_MAX):
            raise SealError("opening number and sequence are numbers below 2^32")

    def to_bytes(self) -> bytes:
        tender = field(self.tender.encode()) + u32(self.opening_number)
        bidder = field(self.bidder.encode()) + self.bidder_key
        return tender + field(self.lot.encode()) + bidder + u32(self.sequence)

    @classmethod
    def read(cls, reader: Reader) -> "BidIdentity":
        tender, number = _name(reader), reader.number(4)
        return cls(tender, number, _name(reader), _name(reader), reader.take(32), reader.number(4))

    def signed_message(self, chain: str, slot: int, kind: int, inner: bytes) -> bytes:
        """What the bidder signs: an entry taken out of one slot cannot be put into a later one."""
        start = fields(b"biaozheng/sealed-bid/v1", SUITE, digest_bytes(chain), u64(slot), bytes([kind]))
        return start + fields(self.to_bytes(), sha256(inner))


def _name(reader: Reader) -> str:
    try:
        return reader.field(_IDENTIFIER_BYTES_MAX).decode("ascii")
    except UnicodeDecodeError:
        raise SealError("a name is not ASCII") from None


def _inner_data(group: SealingGroup, identity: BidIdentity, digest: bytes) -> bytes:
    """A layer copied under another name, lot, tender or sequence does not open."""
    start = fields(b"biaozheng/sealed-inner/v1", SUITE, digest_bytes(group.chain), group.key)
    names = fields(identity.tender.encode(), u32(identity.opening_number), identity.lot.encode())
    bidder = fields(identity.bidder.encode(), identity.bidder_key, u32(identity.sequence))
    return start + names + bidder + fields(_tender_label(group, identity), digest)


def _outer_data(group: SealingGroup, number: int, slot: int, digest: bytes) -> bytes:
    start = fields(b"biaozheng/sealed-outer/v1", SUITE, digest_bytes(group.chain), group.key, bytes([number]))
    return start + fields(slot_label(group.chain, slot), digest)


def _tender_label(group: SealingGroup, identity: BidIdentity) -> bytes:
    return tender_label(group.chain, identity.tender, identity.opening_number)


def _encrypt(layer: Layer, plain: bytes, data: bytes) -> bytes:
    # The nonce is zero because every key is fresh and seals one text.
    return ChaCha20Poly1305(layer.key).encrypt(_NONCE, plain, data)


def decrypt(key: bytes, sealed: bytes, data: bytes) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(_NONCE, sealed, data)
    except InvalidTag:
        return None


def seal_inner(group: SealingGroup, identity: BidIdentity, number: int, body: bytes, seed: bytes) -> bytes:
    """The padded body under a key sealed to the tender's own opening."""
    key = derive(seed, "inner key", body)
    layer = seal_key(group.point(), _tender_label(group, identity), key, derive(seed, "inner kem", body))
    padded = field(body).ljust(SIZE_CLASS_BYTES[number], b"\0")
    return layer.kem + _encrypt(layer, padded, _inner_data(group, identity, layer.digest))


def inner_content(group: SealingGroup, identity: BidIdentity, key: bytes, inner: bytes) -> bytes | None:
    """The padded body of an inner layer under its key."""
    kem, sealed = inner[:KEM_BYTES], inner[KEM_BYTES:]
    return decrypt(key, sealed, _inner_data(group, identity, sha256(kem)))


def outer_plain(content: bytes, number: int) -> bytes:
    return content.ljust(SIZE_CLASS_BYTES[number] + OUTER_OVERHEAD_BYTES, b"\0")


def seal_outer(group: SealingGroup, slot: int, number: int, content: bytes, seed: bytes) -> bytes:
    """The whole entry; `content` is what stands before the zeros."""
    plain = outer_plain(content, number)
    key = derive(seed, "outer key", plain)
    layer = seal_key(group.point(), slot_label(group.chain, slot), key, derive(seed, "outer kem", plain))
    sealed = _encrypt(layer, plain, _outer_data(group, number, slot, layer.digest))
    return b"BZSE" + SUITE + bytes([number]) + u64(slot) + layer.kem + sealed


def outer_content(group: SealingGroup, number: int, slot: int, key: bytes, kem: bytes, sealed: bytes) -> bytes | None:
    """The padded content of an outer layer under its key."""
    return decrypt(key, sealed, _outer_data(group, number, slot, sha256(kem)))
