"""The certificates a verifier trusts for timestamps: PEM (RFC 7468) with whatever text around, or DER of one.

Invariant: what cannot be used is passed over and told, and costs no other certificate of the file.
"""

import re
from dataclasses import dataclass

from ..limits import AUTHORITIES_BYTES_MAX, AUTHORITIES_MAX
from ..spelling import unbase64
from .authority_certificate import TIME_STAMPING, Link, link_of
from .der import SEQUENCE, Der, DerError, constructed

_MARK = re.compile(r"-----(BEGIN|END) (.{0,64})-----", re.DOTALL)
_LINES = re.compile("[\r\n]")
_CERTIFICATE = ("CERTIFICATE", "X509 CERTIFICATE")
_ANY_PURPOSE = "2.5.29.37.0"
_TRUSTED = "TRUSTED CERTIFICATE"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class PassedOver:
    """A block of the file, counted from 1, that is no anchor."""

    place: int
    why: str

    def __str__(self) -> str:
        return f"block {self.place} of the file: {self.why}"


@dataclass(frozen=True)
class Authorities:
    """What a file holds. `why` says why there is no anchor in it."""

    anchors: tuple[Link, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    why: str | None = None


@dataclass(frozen=True)
class _Block:
    label: str
    text: str = ""
    why: str | None = None
    der: bytes | None = None


def _blocks_of(text: str) -> list[_Block]:
    found, body = list[_Block](), list[str]()
    begun: str | None = None
    for line in _LINES.split(text):
        if len(found) > AUTHORITIES_MAX:
            break
        trimmed = line.strip(" \t\f")
        mark = _MARK.fullmatch(trimmed)
        if mark is None:
            if begun is not None:
                body.append(trimmed)
        elif mark[1] == "BEGIN":
            if begun is not None:
                found.append(_Block(begun, why="it has no END line"))
            begun, body = mark[2], []
        elif begun is not None:
            wrong = None if begun == mark[2] else "its END line is of something else"
            found.append(_Block(begun, "".join(body), wrong))
            begun = None
    if begun is not None:
        found.append(_Block(begun, why="it has no END line"))
    return found


def _names_stamps(value: bytes | None) -> bool | None:
    if value is None:
        return None
    rest, found = Der(value, "trust settings"), False
    while not rest.is_empty:
        found = rest.object() in (TIME_STAMPING, _ANY_PURPOSE) or found
    return found


def _before_trust(data: bytes) -> bytes:
    """The certificate before OpenSSL's trust settings, unless these are about other purposes than timestamps."""
    whole = Der(data, "a trusted certificate")
    certificate = whole.raw()
    if whole.is_empty:
        return certificate
    settings = whole.sequence()
    whole.end()
    trusts, rejects = _names_stamps(settings.optional(SEQUENCE)), _names_stamps(settings.optional(constructed(0)))
    if trusts is False or rejects:
        raise DerError("OpenSSL's trust beside it keeps it from timestamps")
    return certificate


def _anchor_of(block: _Block) -> Link:
    if block.why is not None:
        raise DerError(block.why)
    der = unbase64(block.text) if block.der is None else block.der
    if der is None:
        raise DerError("its text is not base64")
    if block.label not in (*_CERTIFICATE, _TRUSTED):
        raise DerError("it is named as something else than a certificate")
    link = link_of(_before_trust(der) if block.label == _TRUSTED else der)
    if link.uses.refused is not None:
        raise DerError(f"certificate '{link.name}': {link.uses.refused}")
    return link


def read_authorities(data: bytes) -> Authorities:
    """What a file of authorities holds."""
    if not data or len(data) > AUTHORITIES_BYTES_MAX:
        return Authorities(why=f"it has no bytes, or more than {AUTHORITIES_BYTES_MAX}")
    blocks = list[_Block]()
    if b"-----BEGIN " in data:
        blocks = _blocks_of(data.removeprefix(_BOM).decode("latin-1"))
    elif data[0] == SEQUENCE:
        blocks = [_Block(_CERTIFICATE[0], der=data)]
    if len(blocks) > AUTHORITIES_MAX:
        return Authorities(why=f"it has more than {AUTHORITIES_MAX} certificates")
    anchors, passed_over = dict[bytes, Link](), list[PassedOver]()
    for at, block in enumerate(blocks, 1):
        try:
            link = _anchor_of(block)
        except DerError as error:
            passed_over.append(PassedOver(at, str(error)))
        else:
            # The same certificate twice is one anchor.
            anchors.setdefault(link.der, link)
    why = None
    if not anchors:
        why = "there is no certificate in it: X.509 in PEM, with or without text around, or one in DER"
        if passed_over:
            why = f"no certificate in it can be used; the first: {passed_over[0]}"
    return Authorities(tuple(anchors.values()), tuple(passed_over), why)


def authorities_of(data: bytes) -> tuple[Link, ...] | None:
    """The anchors of a file; None where there is none in it."""
    return read_authorities(data).anchors or None
