"""RFC 3161 timestamp tokens: CMS SignedData with one signer over a TSTInfo.

Invariant: every byte of a token is signed, checked or refused; a token under no given anchor is unknown, whatever it
says of itself. Nothing is fetched, so the revocation of an authority is not seen here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..limits import SIGNED_ATTRIBUTES_MAX, TIMESTAMP_TOKEN_BYTES_MAX, TOKEN_CERTIFICATES_MAX
from .authority_certificate import Link
from .authority_path import anchor_of, path_of
from .authority_signature import SignatureKind, check_signature, digest_by, hash_of, signature_kind_of
from .der import (
    GENERAL_TIME,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    Der,
    DerError,
    constructed,
    milliseconds,
    primitive,
)

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_TIME = re.compile(rb"([0-9]{14})(?:\.([0-9]{0,8}[1-9]))?Z")
_INTEGER_BYTES_MAX = 5


@dataclass(frozen=True)
class Timestamp:
    """A token that holds: when, by whom, and under which of the given anchors, if any."""

    time_ms: int
    authority: str
    serial: str
    issuer: str
    anchor: str | None


@dataclass(frozen=True)
class _Signer:
    is_link: Callable[[Link], bool]
    digest_algorithm: bytes
    hash: str
    attributes: bytes
    kind: SignatureKind
    signature: bytes


@dataclass(frozen=True)
class _Attributes:
    digest: bytes
    reference_hash: str
    reference: bytes


@dataclass(frozen=True)
class _TstInfo:
    digest: bytes
    serial: bytes
    time_ms: int


def _content_of(info: Der) -> bytes:
    if info.object() != _TST_INFO:
        info.refuse("is not about a TSTInfo")
    inside = Der(info.value(constructed(0)), "the content")
    info.end()
    content = inside.value(OCTET_STRING)
    inside.end()
    return content


def _certificates_in(value: bytes) -> list[bytes]:
    rest, found = Der(value, "the list of certificates"), list[bytes]()
    while not rest.is_empty:
        one = rest.raw()
        if len(found) >= TOKEN_CERTIFICATES_MAX or one in found:
            rest.refuse("is too long or has one twice")
        found.append(one)
    return found


def _signer_test(info: Der) -> Callable[[Link], bool]:
    """How the signer names its certificate."""
    version = info.small()
    if version == 3:
        identifier = info.value(primitive(0))
        return lambda link: link.identifier == identifier
    if version != 1:
        info.refuse("is not of version 1 or 3")
    name = info.sequence()
    issuer, serial = name.raw(), name.raw()
    name.end()
    return lambda link: (link.issuer, link.serial) == (issuer, serial)


def _signer_of(info: Der) -> _Signer:
    is_link, digest = _signer_test(info), info.raw()
    hash_name = hash_of(Der.of_sequence(digest, "the digest algorithm"))
    attributes = info.value(constructed(0))
    kind, signature = signature_kind_of(info.sequence()), info.value(OCTET_STRING)
    info.end()  # Unsigned attributes would be left over.
    return _Signer(is_link, digest, hash_name, attributes, kind, signature)


def _signed_data_of(token: bytes) -> tuple[bytes, list[bytes], _Signer]:
    """The content, the certificates and the signer."""
    info = Der.of_sequence(token, "the token")
    if info.object() != _SIGNED_DATA:
        info.refuse("is no SignedData")
    inside = info.value(constructed(0))
    info.end()
    data = Der.of_sequence(inside, "SignedData")
    if data.small() != 3:
        data.refuse("is not of version 3")
    digests, content = data.value(SET), _content_of(data.sequence())
    certificates = _certificates_in(data.value(constructed(0)))
    signers = Der(data.value(SET), "the list of signers")  # Revocation lists would stand before it.
    data.end()
    signer = _signer_of(signers.sequence())
    signers.end()
    if digests != signer.digest_algorithm:
        data.refuse("names other digest algorithms than its signer")
    return content, certificates, signer


def _gen_time(info: Der) -> int:
    found = _TIME.fullmatch(info.value(GENERAL_TIME))
    whole = None if found is None else milliseconds(found[1].decode())
    if found is None or whole is None:
        info.refuse("has no time of the form YYYYMMDDhhmmss[.f]Z")
    # What is below a millisecond is cut.
    return whole + int((found[2] or b"").ljust(3, b"0")[:3])


def _check_accuracy(value: bytes) -> None:
    parts = Der(value, "the accuracy")
    for tag in (INTEGER, primitive(0), primitive(1)):
        number = parts.optional(tag)
        if number is not None and (not 1 <= len(number) <= _INTEGER_BYTES_MAX or number[0] >= 0x80):
            parts.refuse()
    parts.end()


def _tst_info_of(content: bytes) -> _TstInfo:
    info = Der.of_sequence(content, "TSTInfo")
    if info.small() != 1:
        info.refuse("is not of version 1")
    info.object()
    imprint = info.sequence()
    hash_name, digest = hash_of(imprint.sequence()), imprint.value(OCTET_STRING)
    imprint.end()
    if hash_name != "sha256":
        info.refuse("is not over a SHA-256")
    serial, time = info.value(INTEGER), _gen_time(info)
    accuracy = info.optional(SEQUENCE)
    if accuracy is not None:
        _check_accuracy(accuracy)
    info.flag()
    info.optional(INTEGER)
    info.optional(constructed(0))
    info.end()  # Extensions would be left over.
    return _TstInfo(digest, serial, time)


def _reference_of(raw: bytes) -> tuple[str, bytes]:
    """The first ESSCertIDv2: the signer's own, by RFC 5035."""
    reference = Der.of_sequence(raw, "SigningCertificateV2").sequence().sequence()
    algorithm = reference.optional(SEQUENCE)
    hash_name = "sha256" if algorithm is None else hash_of(Der(algorithm, "ESSCertIDv2"))
    return hash_name, reference.value(OCTET_STRING)


def _attributes_of(value: bytes) -> _Attributes:
    rest = Der(value, "the signed attributes")
    seen = set[str]()
    kind, digest, reference = None, None, None
    while not rest.is_empty:
        attribute = rest.sequence()
        name = attribute.object()
        values = Der(attribute.value(SET), "a signed attribute")
        attribute.end()
        if name in seen or len(seen) >= SIGNED_ATTRIBUTES_MAX:
            rest.refuse("have one twice or are too many")
        seen.add(name)
        if name == _CONTENT_TYPE:
            kind = values.object()
        elif name == _MESSAGE_DIGEST:
            digest = values.value(OCTET_STRING)
        elif name == _SIGNING_CERTIFICATE_V2:
            reference = _reference_of(values.raw())
        elif name == _SIGNING_CERTIFICATE:
            values.raw()  # SHA-1 beside the reference above; alone it is not enough.
        else:
            continue
        values.end()
    if kind != _TST_INFO or digest is None or reference is None:
        rest.refuse("lack content type, digest or the reference to the signer's certificate")
    return _Attributes(digest, *reference)


def _set_of(content: bytes) -> bytes:
    """The DER SET OF that was signed: its tag replaces `[0]` (RFC 5652 §5.4)."""
    length = len(content)
    size = (length.bit_length() + 7) // 8
    head = bytes([length]) if length < 0x80 else bytes([0x80 | size]) + length.to_bytes(size)
    return bytes([SET]) + head + content


def judge_token(token: bytes, digest: bytes, authorities: Sequence[Link]) -> Timestamp:
    """Judges a token over a SHA-256; raises DerError where it is no timestamp of it."""
    if len(token) > TIMESTAMP_TOKEN_BYTES_MAX:
        raise DerError("the token is too large")
    content, certificates, signer = _signed_data_of(token)
    info = _tst_info_of(content)
    if info.digest != digest:
        raise DerError("the token is for another digest")
    attributes = _attributes_of(signer.attributes)
    if attributes.digest != digest_by(signer.hash, content):
        raise DerError("the signed digest is not the one of the TSTInfo")
    links = path_of(certificates, signer.is_link, info.time_ms)
    own = links[0]
    if attributes.reference != digest_by(attributes.reference_hash, own.der):
        raise DerError("the signed reference is not of the signer's certificate")
    if not own.stamps:
        raise DerError("the signer's certificate is not for timestamps alone, critically")
    check_signature(signer.kind, own.key, signer.hash, _set_of(signer.attributes), signer.signature)
    anchor = anchor_of(links, authorities, info.time_ms)
    name = None if anchor is None else anchor.name
    return Timestamp(info.time_ms, own.name, info.serial.hex(), links[-1].issuer_name, name)
