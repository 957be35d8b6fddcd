"""One certificate of a timestamp authority (RFC 5280, the part timestamps need).

Invariant: all of it is read, as it stands in DER; what it may not be used for is kept beside it, so that a path through
another certificate can still be found.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..limits import EXTENSIONS_MAX
from .authority_name import Name, name_of
from .authority_signature import check_signature, signature_kind_of
from .der import (
    BIT_STRING,
    GENERAL_TIME,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    Der,
    DerError,
    constructed,
    milliseconds,
    primitive,
)

_KEY_IDENTIFIER, _KEY_USAGE, _CONSTRAINTS, _PURPOSES = "2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.37"
_NAME_CONSTRAINTS = "2.5.29.30"
_KNOWN = (_KEY_USAGE, _CONSTRAINTS, _PURPOSES)
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_DIGITAL_SIGNATURE, _NON_REPUDIATION, _KEY_CERT_SIGN = 0, 1, 5
_VERSIONS = (None, b"\x02\x01\x01", b"\x02\x01\x02")
_A_CERTIFICATE = "a certificate"
Extensions = dict[str, tuple[bool, bytes]]


@dataclass(frozen=True)
class _Uses:
    """What a certificate's extensions say of its use."""

    depth: int | None
    certifies: bool
    stamps: bool
    identifier: bytes | None
    refused: str | None


@dataclass(frozen=True)
class Link:
    """One certificate with the pieces that are compared and signed."""

    der: bytes
    subject: Name
    issuer: Name
    serial: bytes
    key: bytes
    valid: tuple[int, int]
    signed: bytes
    kind: bytes
    signed_kind: bytes
    signature: bytes
    uses: _Uses

    @property
    def name(self) -> str:
        return self.subject.shown

    @property
    def is_self_issued(self) -> bool:
        return self.subject == self.issuer

    def is_valid_at(self, time: int) -> bool:
        return self.valid[0] <= time <= self.valid[1]

    def why_not_signed_by(self, issuer: "Link") -> str | None:
        """None where `issuer` may sign certificates and signed this one; how deep it stands is for the path to say."""
        why = issuer.uses.refused or (None if issuer.uses.certifies else "it may not sign certificates")
        if why is not None:
            return out_of_place(issuer.name, why)
        try:
            # Nothing signs the outer one: another spelling of it would be another certificate with the same signature.
            if self.kind != self.signed_kind:
                raise DerError("its two algorithm fields differ (RFC 5280 §4.1.1.2)")
            if self.signature[:1] != b"\x00":
                raise DerError("it is not in DER")
            kind = signature_kind_of(Der.of_sequence(self.kind, _A_CERTIFICATE))
            check_signature(kind, issuer.key, None, self.signed, self.signature[1:])
        except DerError as error:
            return out_of_place(self.name, f"its signature does not hold: {error}")
        return None


def out_of_place(name: str, why: str) -> str:
    return f"certificate '{name}' is not what its place in the path asks (RFC 5280 §6.1): {why}"


def _time_of(validity: Der) -> int:
    """A GeneralizedTime is taken for years before 2050 too, as other readers take it: it has one meaning."""
    tag, value, _ = validity.any()
    text = value.decode("ascii", "replace")
    if not text.endswith("Z") or tag not in (UTC_TIME, GENERAL_TIME):
        validity.refuse()
    digits = text[:-1]
    if tag == UTC_TIME:
        digits = ("20" if digits[:2] < "50" else "19") + digits
    found = milliseconds(digits)
    return validity.refuse() if found is None else found


def extensions_of(content: bytes, what: str) -> Extensions:
    """The extensions of a SEQUENCE's content (RFC 5280 §4.2), each at most once."""
    rest, found = Der(content, what), Extensions()
    while not rest.is_empty:
        one = rest.sequence()
        kind, critical, value = one.object(), one.flag(), one.value(OCTET_STRING)
        one.end()
        if kind in found or len(found) >= EXTENSIONS_MAX:
            one.refuse("stand twice or are too many")
        found[kind] = (critical, value)
    return found


def _certificate_extensions(body: Der) -> Extensions:
    wrapped = body.optional(constructed(3))
    if wrapped is None:
        return {}
    whole = Der(wrapped, "the extensions")
    value = whole.value(SEQUENCE)
    whole.end()
    return extensions_of(value, "the extensions")


def _inside(extensions: Extensions, kind: str, tag: int) -> bytes | None:
    """The whole of an extension's value, without its tag."""
    if kind not in extensions:
        return None
    whole = Der(extensions[kind][1], "an extension")
    value = whole.value(tag)
    whole.end()
    return value


def _usage_of(value: bytes | None) -> Callable[[int], bool]:
    if value is None:
        return lambda _: True
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


def _purposes_of(value: bytes | None) -> list[str] | None:
    if value is None:
        return None
    rest, found = Der(value, "the purposes"), list[str]()
    while not rest.is_empty:
        found.append(rest.object())
    return found


def _why_refused(extensions: Extensions) -> str | None:
    if _NAME_CONSTRAINTS in extensions:
        return "it has name constraints, which are not evaluated here (RFC 5280 §4.2.1.10)"
    if any(critical and kind not in _KNOWN for kind, (critical, _) in extensions.items()):
        return "a critical extension is not known here (RFC 5280 §4.2)"
    return None


def _uses_of(extensions: Extensions) -> _Uses:
    used = _usage_of(_inside(extensions, _KEY_USAGE, BIT_STRING))
    authority, depth = _constraints_of(_inside(extensions, _CONSTRAINTS, SEQUENCE))
    purposes = _purposes_of(_inside(extensions, _PURPOSES, SEQUENCE))
    alone = purposes == [TIME_STAMPING] and extensions[_PURPOSES][0]
    return _Uses(
        depth=depth,
        # Purposes of an authority do not bind what it signs: RFC 5280 §4.2.1.12 is about the certificate's own key.
        certifies=authority and used(_KEY_CERT_SIGN),
        # For timestamps alone, critically (RFC 3161 §2.3), and for signatures.
        stamps=alone and (used(_DIGITAL_SIGNATURE) or used(_NON_REPUDIATION)),
        identifier=_inside(extensions, _KEY_IDENTIFIER, OCTET_STRING),
        refused=_why_refused(extensions),
    )


def _public_key_info(raw: bytes) -> None:
    parts = Der.of_sequence(raw, "a key")
    parts.sequence().algorithm()
    parts.value(BIT_STRING)
    parts.end()


def link_of(der: bytes) -> Link:
    """Reads a certificate; raises DerError."""
    whole = Der.of_sequence(der, _A_CERTIFICATE)
    signed_tag, signed_value, signed = whole.any()
    kind, signature = whole.any(), whole.value(BIT_STRING)
    whole.end()
    if signed_tag != SEQUENCE or kind[0] != SEQUENCE:
        whole.refuse()
    Der(kind[1], _A_CERTIFICATE).algorithm()
    body = Der(signed_value, _A_CERTIFICATE)
    if body.optional(constructed(0)) not in _VERSIONS:
        body.refuse()
    serial_tag, serial_value, serial = body.any()
    if serial_tag != INTEGER or not serial_value:
        body.refuse()
    own_tag, own_value, own = body.any()
    if own_tag != SEQUENCE:
        body.refuse()
    Der(own_value, _A_CERTIFICATE).algorithm()
    issuer, validity = name_of(body.raw()), body.sequence()
    valid = (_time_of(validity), _time_of(validity) + 999)
    validity.end()
    subject, key = name_of(body.raw()), body.raw()
    _public_key_info(key)
    body.optional(primitive(1))
    body.optional(primitive(2))
    uses = _uses_of(_certificate_extensions(body))
    body.end()
    return Link(der, subject, issuer, serial, key, valid, signed, kind[2], own, signature, uses)
