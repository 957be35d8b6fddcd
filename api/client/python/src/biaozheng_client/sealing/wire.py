"""How sealing writes bytes: big-endian numbers, fields behind their length in four bytes; and what a group signs."""

from dataclasses import dataclass

from ..hashing import digest_bytes, field_hash, sha256

SUITE = b"\x01"
SIZE_CLASS_BYTES = (1_024, 4_096, 16_384, 32_768)
OUTER_OVERHEAD_BYTES = 512
LENGTH_BYTES = 4
KEM_BYTES = 160
TAG_BYTES = 16
SEED_BYTES = 32


class SealError(ValueError):
    """Why something cannot be sealed, or bytes are not of their form."""


def u32(value: int) -> bytes:
    return value.to_bytes(4)


def u64(value: int) -> bytes:
    return value.to_bytes(8)


def field(data: bytes) -> bytes:
    """The bytes behind their length."""
    return u32(len(data)) + data


def fields(*parts: bytes) -> bytes:
    return b"".join(field(part) for part in parts)


class Reader:
    """Reads from the front; refuses what is cut short, too long, or left over."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        end = self._at + length
        if end > len(self._data):
            raise SealError("the bytes end too early")
        self._at, start = end, self._at
        return self._data[start:end]

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length))

    def field(self, limit: int) -> bytes:
        length = self.number(4)
        if length > limit:
            raise SealError(f"a field takes at most {limit} bytes, not {length}")
        return self.take(length)

    @property
    def position(self) -> int:
        return self._at

    def end(self) -> None:
        if self._at != len(self._data):
            raise SealError("bytes are left over")


def slot_label(chain: str, slot: int) -> bytes:
    """What the group signs to open the outer layers of a time slot."""
    return fields(b"slot", digest_bytes(chain), u64(slot))


def tender_label(chain: str, tender: str, number: int) -> bytes:
    """What the group signs to open the bodies of one tender's bids."""
    return fields(b"tender", digest_bytes(chain), tender.encode(), u32(number))


def size_class(body_bytes: int) -> int:
    """The smallest class a body fits."""
    for number, size in enumerate(SIZE_CLASS_BYTES):
        if body_bytes <= size - LENGTH_BYTES:
            return number
    raise SealError(f"a body of {body_bytes} bytes fits no size class; name a document by its digest instead")


def derive(seed: bytes, purpose: str, context: bytes) -> bytes:
    """Another seed for one purpose and context."""
    return field_hash("biaozheng/seal/seed/v1", [purpose.encode(), seed, context])


@dataclass(frozen=True)
class Layer:
    """A key in its KEM ciphertext."""

    key: bytes
    kem: bytes

    @property
    def digest(self) -> bytes:
        return sha256(self.kem)
