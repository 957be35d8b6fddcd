"""Sealing what a bidder enters, and the proof that opens it without the group.

Invariant: an entry is a deterministic map of the seed and the content, so whoever is shown them later can make it
again and compare.
"""

import os
from dataclasses import dataclass

from ..ed25519 import SecretKey, verify
from ..hashing import digest_of
from ..limits import U64_MAX
from .layers import BID, DUMMY, WITHDRAWAL, BidIdentity, SealingGroup, seal_inner, seal_outer
from .wire import LENGTH_BYTES, SEED_BYTES, SIZE_CLASS_BYTES, Reader, SealError, field, size_class, u64

_PROOF_MAGIC = b"BZOP\x01"
_PROOF_BYTES_MAX = 512 + 32_768


@dataclass(frozen=True)
class SealedEntry:
    """What is entered on chain: it tells its slot and size class and nothing else."""

    data: bytes

    @property
    def digest(self) -> str:
        """Names the entry."""
        return digest_of(self.data)


@dataclass(frozen=True)
class OpeningProof:
    """Opens one entry without the group. Before the opening it is as secret as the bid: it is never printed."""

    slot: int
    size_class: int
    kind: int
    identity: BidIdentity
    body: bytes
    signature: bytes
    seed: bytes

    def __repr__(self) -> str:
        return f"OpeningProof(slot={self.slot}, secret)"

    def to_bytes(self) -> bytes:
        head = _PROOF_MAGIC + u64(self.slot) + bytes([self.size_class, self.kind])
        return head + self.identity.to_bytes() + field(self.body) + self.signature + self.seed

    @classmethod
    def from_bytes(cls, data: bytes) -> "OpeningProof":
        """Raises SealError for anything but a proof in canonical form."""
        if len(data) > _PROOF_BYTES_MAX or not data.startswith(_PROOF_MAGIC):
            raise SealError("these bytes are not an opening proof, or a version of it this program does not know")
        reader = Reader(data[len(_PROOF_MAGIC) :])
        slot, number, kind = reader.number(8), _known_class(reader.number(1)), reader.number(1)
        identity = BidIdentity.read(reader)
        body = reader.field(SIZE_CLASS_BYTES[number] - LENGTH_BYTES)
        signature, seed = reader.take(64), reader.take(SEED_BYTES)
        reader.end()
        in_form = size_class(len(body)) == number if kind == BID else kind == WITHDRAWAL and not body
        if not in_form:
            raise SealError("an opening proof whose body does not fit its kind and class")
        return cls(slot, number, kind, identity, body, signature, seed)

    def opens(self, group: SealingGroup, entry: SealedEntry) -> bool:
        """True when the content, sealed again, is this entry, and the bidder signed it."""
        inner = seal_inner(group, self.identity, self.size_class, self.body, self.seed) if self.kind == BID else b""
        content = _content(self.kind, self.identity, inner, self.signature)
        if seal_outer(group, self.slot, self.size_class, content, self.seed) != entry.data:
            return False
        message = self.identity.signed_message(group.chain, self.slot, self.kind, inner)
        return verify(self.identity.bidder_key, message, self.signature)


def fresh_seed() -> bytes:
    """A seed from the operating system's generator. One seed seals one thing."""
    return os.urandom(SEED_BYTES)


def _known_class(number: int) -> int:
    if not 0 <= number < len(SIZE_CLASS_BYTES):
        raise SealError(f"there is no size class {number}")
    return number


def _check(slot: int, seed: bytes) -> None:
    if not 0 <= slot <= U64_MAX:
        raise SealError("a slot is a number below 2^64")
    if len(seed) != SEED_BYTES:
        raise SealError(f"a seed has {SEED_BYTES} bytes")


def _content(kind: int, identity: BidIdentity, inner: bytes, signature: bytes) -> bytes:
    return bytes([kind]) + identity.to_bytes() + field(inner) + signature


def _sign(group: SealingGroup, slot: int, kind: int, identity: BidIdentity, inner: bytes, key: SecretKey) -> bytes:
    if key.public != identity.bidder_key:
        raise SealError("the signing key is not the bidder's key")
    return key.sign(identity.signed_message(group.chain, slot, kind, inner))


def seal(
    group: SealingGroup, slot: int, identity: BidIdentity, body: bytes, key: SecretKey, seed: bytes | None = None
) -> tuple[SealedEntry, OpeningProof]:
    """Seals a bid or, with a higher sequence, its replacement. Keep the proof as secret as the bid."""
    seed = fresh_seed() if seed is None else seed
    _check(slot, seed)
    number = size_class(len(body))
    inner = seal_inner(group, identity, number, body, seed)
    signature = _sign(group, slot, BID, identity, inner, key)
    entry = seal_outer(group, slot, number, _content(BID, identity, inner, signature), seed)
    return SealedEntry(entry), OpeningProof(slot, number, BID, identity, body, signature, seed)


def seal_withdrawal(
    group: SealingGroup, slot: int, identity: BidIdentity, number: int, key: SecretKey, seed: bytes | None = None
) -> tuple[SealedEntry, OpeningProof]:
    """Seals a withdrawal in an entry of any class; the class of the bid it withdraws is a good choice."""
    seed = fresh_seed() if seed is None else seed
    _check(slot, seed)
    signature = _sign(group, slot, WITHDRAWAL, identity, b"", key)
    content = _content(WITHDRAWAL, identity, b"", signature)
    entry = seal_outer(group, slot, _known_class(number), content, seed)
    return SealedEntry(entry), OpeningProof(slot, number, WITHDRAWAL, identity, b"", signature, seed)


def seal_dummy(group: SealingGroup, slot: int, number: int, seed: bytes | None = None) -> SealedEntry:
    """Seals nothing, in an entry nobody can tell from a bid before the opening."""
    seed = fresh_seed() if seed is None else seed
    _check(slot, seed)
    return SealedEntry(seal_outer(group, slot, _known_class(number), bytes([DUMMY]), seed))
