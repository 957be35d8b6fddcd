"""Opening entries after the group has signed: anybody can, with what stands on chain.

Every failure is the sealer's doing and has the code the ledger gives it.
"""

from dataclasses import dataclass

from ..ed25519 import is_prime_order_point, verify
from .kem import is_signature, open_key, signature_point
from .layers import BID, DUMMY, WITHDRAWAL, BidIdentity, SealingGroup, inner_content, outer_content
from .seal import SealedEntry
from .wire import (
    KEM_BYTES,
    LENGTH_BYTES,
    OUTER_OVERHEAD_BYTES,
    SIZE_CLASS_BYTES,
    SUITE,
    TAG_BYTES,
    Reader,
    SealError,
    size_class,
    slot_label,
    tender_label,
)


class OpeningFailure(ValueError):
    """An entry or a bid that does not open; `code` is the ledger's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class OpenedEntry:
    """A bid whose body is still shut, or a withdrawal (`inner` is empty)."""

    identity: BidIdentity
    inner: bytes


def open_outer(group: SealingGroup, slot: int, signature: bytes, entry: SealedEntry) -> OpenedEntry | None:
    """What an entry is under the group's signature over its slot; ``None`` is a dummy. Raises OpeningFailure."""
    point = signature_point(signature)
    if not is_signature(group.point(), slot_label(group.chain, slot), point):
        raise SealError("the signature is not the group's over this slot")
    reader = Reader(entry.data)
    if reader.take(5) != b"BZSE" + SUITE:
        raise SealError("these bytes are not a sealed entry, or of a suite this program does not know")
    number = reader.number(1)
    if number >= len(SIZE_CLASS_BYTES) or reader.number(8) != slot:
        raise SealError("the entry is of another slot or an unknown class")
    kem = reader.take(KEM_BYTES)
    sealed = reader.take(SIZE_CLASS_BYTES[number] + OUTER_OVERHEAD_BYTES + TAG_BYTES)
    reader.end()
    key = open_key(point, kem)
    if key is None:
        raise OpeningFailure("seal.outer_key")
    plain = outer_content(group, number, slot, key, kem, sealed)
    if plain is None:
        raise OpeningFailure("seal.outer_cipher")
    return _read(group, slot, number, plain)


def _read(group: SealingGroup, slot: int, number: int, plain: bytes) -> OpenedEntry | None:
    inner_bytes = SIZE_CLASS_BYTES[number] + KEM_BYTES + TAG_BYTES
    kind, rest = plain[0], plain[1:]
    if kind == DUMMY and not any(rest):
        return None
    try:
        if kind not in (BID, WITHDRAWAL):
            raise SealError("an unknown kind")
        reader = Reader(rest)
        identity, inner = BidIdentity.read(reader), reader.field(inner_bytes)
        signature = reader.take(64)
    except SealError as error:
        raise OpeningFailure("seal.outer_form") from error
    if any(reader.take(len(rest) - reader.position)):
        raise OpeningFailure("seal.outer_form")
    if len(inner) != (inner_bytes if kind == BID else 0):
        raise OpeningFailure("seal.inner_form")
    if not is_prime_order_point(identity.bidder_key):
        raise OpeningFailure("seal.bidder_key")
    if not verify(identity.bidder_key, identity.signed_message(group.chain, slot, kind, inner), signature):
        raise OpeningFailure("seal.bidder_signature")
    return OpenedEntry(identity, inner)


def open_inner(group: SealingGroup, signature: bytes, opened: OpenedEntry) -> bytes:
    """The body under the group's signature over the tender's opening. Raises OpeningFailure."""
    identity, point = opened.identity, signature_point(signature)
    label = tender_label(group.chain, identity.tender, identity.opening_number)
    if not is_signature(group.point(), label, point):
        raise SealError("the signature is not the group's over this opening")
    try:
        key = open_key(point, opened.inner[:KEM_BYTES])
    except SealError as error:
        raise OpeningFailure("seal.inner_form") from error
    if key is None:
        raise OpeningFailure("seal.inner_key")
    padded = inner_content(group, identity, key, opened.inner)
    if padded is None:
        raise OpeningFailure("seal.inner_cipher")
    length = int.from_bytes(padded[:LENGTH_BYTES])
    body, rest = padded[LENGTH_BYTES : LENGTH_BYTES + length], padded[LENGTH_BYTES + length :]
    # One body has one class, or its author could choose among several entries of the same meaning.
    if len(body) != length or any(rest) or SIZE_CLASS_BYTES[size_class(length)] != len(padded):
        raise OpeningFailure("seal.inner_padding")
    return body
