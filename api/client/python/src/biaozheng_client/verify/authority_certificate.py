"""One certificate of a timestamp authority (RFC 5280, the part timestamps need).

Invariant: all of it is read; a critical extension that is not known here refuses it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .authority_signature import check_signature, signature_kind_of
from .der import (
    BIT_STRING,
    GENERAL_TIME,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    UTC_TIME,
    Der,
    DerError,
    constructed,
    milliseconds,
    primitive,
)

_KEY_IDENTIFIER, _KEY_USAGE, _CONSTRAINTS, _PURPOSES = "2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.37"
_KNOWN = (_KEY_USAGE, _CONSTRAINTS, _PURPOSES)
_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_COMMON_NAME = "2.5.4.3"
_DIGITAL_SIGNATURE, _NON_REPUDIATION, _KEY_CERT_SIGN = 0, 1, 5
_VERSIONS = (None, b"\x02\x01\x01", b"\x02\x01\x02")
_Extensions = dict[str, tuple[bool, bytes]]


@dataclass(frozen=True)
class Link:
    """One certificate with the pieces that are compared and signed."""

    der: bytes
    subject: bytes
    issuer: bytes
    serial: bytes
    key: bytes
    valid: tuple[int, int]
    name: str
    issuer_name: str
    identifier: bytes | None
    signed: bytes
    kind: bytes
    signature: bytes
    certifies: bool
    depth: int | None
    stamps: bool

    def is_valid_at(self, time: int) -> bool:
        return self.valid[0] <= time <= self.valid[1]

    def check_signed_by(self, issuer: "Link", below: int) -> None:
        """Raises DerError unless `issuer`, with `below` authorities between it and the signer, signed this one."""
        if not issuer.certifies:
            raise DerError(f"'{issuer.name}' may not sign certificates")
        if issuer.depth is not None and below > issuer.depth:
            raise DerError(f"'{issuer.name}' allows fewer authorities below it")
        if self.signature[:1] != b"\x00":
            raise DerError("a certificate signature is not in DER")
        kind = signature_kind_of(Der.of_sequence(self.kind, "a certificate"))
        check_signature(kind, issuer.key, None, self.signed, self.signature[1:])


def _name_of(raw: bytes) -> str:
    """The last common name of a Name, for people; nothing is decided by it."""
    found = raw.hex()[:40]
    sets = Der.of_sequence(raw, "a name")
    while not sets.is_empty:
        pairs = Der(sets.value(SET), "a name")
        while not pairs.is_empty:
            pair = pairs.sequence()
            kind, (_, value, _) = pair.object(), pair.any()
            pair.end()
            if kind == _COMMON_NAME:
                found = value.decode("utf-8", "replace")
    return found


def _time_of(validity: Der) -> int:
    tag, value, _ = validity.any()
    text = value.decode("ascii", "replace")
    if not text.endswith("Z") or tag not in (UTC_TIME, GENERAL_TIME):
        validity.refuse()
    digits = text[:-1]
    if tag == UTC_TIME:
        digits = ("20" if digits[:2] < "50" else "19") + digits
    elif digits < "2050":
        # One spelling of a time (RFC 5280 §4.1.2.5): the short one for every year it can name.
        validity.refuse()
    found = milliseconds(digits)
    return validity.refuse() if found is None else found


def _extensions_of(body: Der) -> _Extensions:
    found: _Extensions = {}
    wrapped = body.optional(constructed(3))
    if wrapped is None:
        return found
    rest = Der.of_sequence(wrapped, "the extensions")
    while not rest.is_empty:
        one = rest.sequence()
        kind, critical, value = one.object(), one.flag(), one.value(OCTET_STRING)
        one.end()
        if kind in found:
            one.refuse("stand twice")
        if critical and kind not in _KNOWN:
            raise DerError("a critical extension of a certificate is not known here")
        found[kind] = (critical, value)
    return found


def _inside(extensions: _Extensions, kind: str, tag: int) -> bytes | None:
    """The whole of an extension's value, without its tag."""
    if kind not in extensions:
        return None
    whole = Der(extensions[kind][1], "an extension")
    value = whole.value(tag)
    whole.end()
    return value


def _usage_of(value: bytes | None) -> Callable[[int], bool] | None:
    if value is None:
        return None
    unused, bits = value[0] if value else 8, value[1:]
    spare = (1 << unused) - 1
    if unused > 7 or len(bits) > 2 or (not bits and unused > 0) or (bits and bits[-1] & spare):
        raise DerError("the key usage is not in DER")
    return lambda bit: bool(bits[bit >> 3 : (bit >> 3) + 1] and bits[bit >> 3] & (0x80 >> (bit & 7)))


def _constraints_of(value: bytes | None) -> tuple[bool, int | None]:
    """Whether it is an authority, and most authorities below it."""
    if value is None:
        return False, None
    parts = Der(value, "the basic constraints")
    authority, depth = parts.flag(), parts.optional(INTEGER)
    parts.end()
    if depth is None:
        return authority, None
    short = len(depth) == 1 and depth[0] < 0x80
    if not short and not (len(depth) == 2 and depth[0] == 0 and depth[1] >= 0x80):
        parts.refuse()
    return authority, depth[-1]


def _stamps_only(extensions: _Extensions) -> bool:
    value = _inside(extensions, _PURPOSES, SEQUENCE)
    if value is None:
        return False
    rest, found = Der(value, "the purposes"), []
    while not rest.is_empty:
        found.append(rest.object())
    return extensions[_PURPOSES][0] and found == [_TIME_STAMPING]


def _algorithm(parts: Der) -> None:
    """An object and at most one parameter. What they mean is judged where they are used."""
    parts.object()
    if not parts.is_empty:
        parts.any()
    parts.end()


def _public_key_info(raw: bytes) -> None:
    parts = Der.of_sequence(raw, "a key")
    _algorithm(parts.sequence())
    parts.value(BIT_STRING)
    parts.end()


def link_of(der: bytes) -> Link:
    """Reads a certificate; raises DerError."""
    whole = Der.of_sequence(der, "a certificate")
    signed_tag, signed_value, signed = whole.any()
    kind, signature = whole.any(), whole.value(BIT_STRING)
    whole.end()
    if signed_tag != SEQUENCE or kind[0] != SEQUENCE:
        whole.refuse()
    _algorithm(Der.of_sequence(kind[2], "a certificate"))
    body = Der(signed_value, "a certificate")
    if body.optional(constructed(0)) not in _VERSIONS:
        body.refuse()
    serial_tag, serial_value, serial = body.any()
    if serial_tag != INTEGER or not serial_value:
        body.refuse()
    _algorithm(body.sequence())
    issuer, validity = body.raw(), body.sequence()
    valid = (_time_of(validity), _time_of(validity) + 999)
    validity.end()
    subject, key = body.raw(), body.raw()
    _public_key_info(key)
    body.optional(primitive(1))
    body.optional(primitive(2))
    extensions = _extensions_of(body)
    body.end()
    usage = _usage_of(_inside(extensions, _KEY_USAGE, BIT_STRING))
    authority, depth = _constraints_of(_inside(extensions, _CONSTRAINTS, SEQUENCE))
    signs = usage is None or usage(_DIGITAL_SIGNATURE) or usage(_NON_REPUDIATION)
    return Link(
        der=der,
        subject=subject,
        issuer=issuer,
        serial=serial,
        key=key,
        valid=valid,
        name=_name_of(subject),
        issuer_name=_name_of(issuer),
        identifier=_inside(extensions, _KEY_IDENTIFIER, OCTET_STRING),
        signed=signed,
        kind=kind[2],
        signature=signature,
        certifies=authority and (usage is None or usage(_KEY_CERT_SIGN)),
        depth=depth,
        # For timestamps alone, critically (RFC 3161 §2.3), and for signatures.
        stamps=_stamps_only(extensions) and signs,
    )
