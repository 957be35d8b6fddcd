"""RFC 3161 timestamp tokens: CMS SignedData with one signer over a TSTInfo.

Invariant: what is stated is signed by the authority, and no change of a token changes it; a token under no given anchor
is unknown, whatever it says of itself. Nothing is fetched, so the revocation of an authority is not seen here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..limits import SIGNED_ATTRIBUTES_MAX, TIMESTAMP_TOKEN_BYTES_MAX, TOKEN_CERTIFICATES_MAX
from .authority_certificate import Link, extensions_of, link_of, out_of_place
from .authority_name import Name, name_of
from .authority_path import trust_of
from .authority_signature import SignatureKind, check_signature, digest_by, hash_of, sha1, signature_kind_of
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
_REFERENCES = "ESSCertID or ESSCertIDv2, RFC 5035, RFC 5816"


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
    hash: str
    attributes: bytes
    kind: SignatureKind
    signature: bytes


@dataclass(frozen=True)
class _Reference:
    """The signer's certificate, as the signer names it. No hash is SHA-1, the only one of the first form."""

    hash: str | None
    digest: bytes
    named: tuple[Name, bytes] | None

    def is_of(self, link: Link) -> bool:
        """True for exactly this certificate. That SHA-1 is enough here is said in docs/anchoring.md."""
        found = sha1(link.der) if self.hash is None else digest_by(self.hash, link.der)
        return found == self.digest and self.named in (None, (link.issuer, link.serial))


@dataclass(frozen=True)
class _Attributes:
    digest: bytes
    references: tuple[_Reference, ...]


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
    """DER of each certificate, sorted: what the order of a SET says is nothing."""
    rest, found = Der(value, "the list of certificates"), list[bytes]()
    while not rest.is_empty:
        tag, _, one = rest.any()
        if tag != SEQUENCE:
            rest.refuse("has one that is none of X.509 (RFC 5652 §10.2.2)")
        if len(found) >= TOKEN_CERTIFICATES_MAX or one in found:
            rest.refuse("is too long or has one twice")
        found.append(one)
    return sorted(found)


def _signer_test(info: Der) -> Callable[[Link], bool]:
    """How the signer names its certificate."""
    version = info.small()
    if version == 3:
        identifier = info.value(primitive(0))
        return lambda link: link.uses.identifier == identifier
    if version != 1:
        info.refuse("is not of version 1 or 3 (RFC 5652 §5.3)")
    name = info.sequence()
    issuer, serial = name.raw(), name.raw()
    name.end()
    # Bit by bit, for nothing signs them.
    return lambda link: (link.issuer.raw, link.serial) == (issuer, serial)


def _signer_of(info: Der) -> _Signer:
    is_link, hash_name = _signer_test(info), hash_of(info.sequence())
    attributes = info.value(constructed(0))
    kind, signature = signature_kind_of(info.sequence()), info.value(OCTET_STRING)
    if not info.is_empty:
        info.refuse("has unsigned attributes; nothing signs them (RFC 5652 §5.3)")
    return _Signer(is_link, hash_name, attributes, kind, signature)


def _signed_data_of(token: bytes) -> tuple[bytes, list[bytes], _Signer]:
    """The content, the certificates and the signer."""
    info = Der.of_sequence(token, "the token")
    if info.object() != _SIGNED_DATA:
        info.refuse("is no SignedData")
    inside = info.value(constructed(0))
    info.end()
    data = Der.of_sequence(inside, "SignedData")
    if data.small() != 3:
        data.refuse("is not of version 3 (RFC 5652 §5.1)")
    digests = Der(data.value(SET), "the list of digest algorithms")
    hash_name = hash_of(digests.sequence())
    digests.end()
    content = _content_of(data.sequence())
    # None at all is said by who looks for the signer's.
    certificates = _certificates_in(data.optional(constructed(0)) or b"")
    if data.optional(constructed(1)) is not None:
        data.refuse("has revocation lists; nothing signs them (RFC 5652 §10.2.1)")
    signers = Der(data.value(SET), "the list of signers")
    data.end()
    signer = _signer_of(signers.sequence())
    if not signers.is_empty:
        signers.refuse("has more than one (RFC 3161 §2.4.2)")
    if hash_name != signer.hash:
        data.refuse("names another digest than its signer (RFC 5652 §5.1)")
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


def _imprint_hash(algorithm: Der) -> str | None:
    """The imprint's digest; None where it is none that is known here: SHA-1 is not."""
    try:
        return hash_of(algorithm)
    except DerError:
        return None


def _check_extensions(value: bytes) -> None:
    """Signed, and nothing here needs what they say; one that has to be understood is not."""
    if any(critical for critical, _ in extensions_of(value, "extensions of TSTInfo").values()):
        raise DerError("the statement has a critical extension that is not known here (RFC 3161 §2.4.2)")


def _tst_info_of(content: bytes) -> _TstInfo:
    info = Der.of_sequence(content, "TSTInfo")
    if info.small() != 1:
        info.refuse("is not of version 1")
    info.object()
    imprint = info.sequence()
    hash_name, digest = _imprint_hash(imprint.sequence()), imprint.value(OCTET_STRING)
    imprint.end()
    if hash_name != "sha256":
        info.refuse("is over no SHA-256 (RFC 3161 §2.4.2): ask the authority for one")
    serial, time = info.value(INTEGER), _gen_time(info)
    accuracy = info.optional(SEQUENCE)
    if accuracy is not None:
        _check_accuracy(accuracy)
    info.flag()
    info.optional(INTEGER)
    info.optional(constructed(0))
    extensions = info.optional(constructed(1))
    if extensions is not None:
        _check_extensions(extensions)
    info.end()
    return _TstInfo(digest, serial, time)


def _issuer_and_serial(value: bytes) -> tuple[Name, bytes]:
    """IssuerSerial (RFC 5035 §5): one directory name and the serial number."""
    parts = Der(value, "IssuerSerial")
    names = parts.sequence()
    issuer = name_of(names.value(constructed(4)))
    names.end()
    serial = parts.raw()
    parts.end()
    return issuer, serial


def _reference_of(raw: bytes, *, second_form: bool) -> _Reference:
    """The first reference of a SigningCertificate or its second form: the signer's own (RFC 5035 §3, §4)."""
    reference = Der.of_sequence(raw, "SigningCertificate").sequence().sequence()
    hash_name = "sha256" if second_form else None
    algorithm = reference.optional(SEQUENCE) if second_form else None
    if algorithm is not None:
        hash_name = hash_of(Der(algorithm, "ESSCertIDv2"))
    digest, named = reference.value(OCTET_STRING), reference.optional(SEQUENCE)
    reference.end()
    return _Reference(hash_name, digest, None if named is None else _issuer_and_serial(named))


def _attributes_of(value: bytes) -> _Attributes:
    rest = Der(value, "the signed attributes")
    seen = set[str]()
    kind, digest, references = None, None, list[_Reference]()
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
        elif name in (_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2):
            references.append(_reference_of(values.raw(), second_form=name == _SIGNING_CERTIFICATE_V2))
        else:
            continue
        values.end()
    if kind != _TST_INFO or digest is None or not references:
        rest.refuse(f"lack content type, digest or the reference to the signer's certificate ({_REFERENCES})")
    return _Attributes(digest, tuple(references))


def _signer_place(links: Sequence[Link], signer: _Signer, attributes: _Attributes) -> int:
    """Of the certificates that the token names as the signer's, the one that the signer itself refers to."""
    named = [place for place, link in enumerate(links) if signer.is_link(link)]
    for place in named:
        if all(one.is_of(links[place]) for one in attributes.references):
            return place
    if named:
        raise DerError(f"the signed reference ({_REFERENCES}) is not of the signer's certificate")
    raise DerError("the certificate of the signer is not in the token; ask for it with certReq (RFC 3161 §2.4.1)")


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
    links = [link_of(one) for one in certificates]
    place = _signer_place(links, signer, attributes)
    own = links[place]
    if own.uses.refused is not None:
        raise DerError(out_of_place(own.name, own.uses.refused))
    if not own.uses.stamps:
        alone = "is not for timestamps alone, critically (RFC 3161 §2.3), or not for signatures"
        raise DerError(f"the signer's certificate {alone}")
    if not own.is_valid_at(info.time_ms):
        raise DerError(f"certificate '{own.name}' was not valid at the token's time (RFC 5280 §4.1.2.5)")
    check_signature(signer.kind, own.key, signer.hash, _set_of(signer.attributes), signer.signature)
    anchor, issuer = trust_of(links, place, authorities, info.time_ms)
    name = None if anchor is None else anchor.name
    return Timestamp(info.time_ms, own.name, info.serial.hex(), issuer, name)
