"""The path from a signer of timestamps upwards, and the anchors a verifier trusts.

Invariant: every certificate of a token is in the path, signed by the next. Names are compared byte for byte.
"""

import re
from collections.abc import Callable, Sequence

from ..limits import AUTHORITIES_BYTES_MAX, AUTHORITIES_MAX
from ..spelling import unbase64
from .authority_certificate import Link, link_of
from .der import SEQUENCE, DerError

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*", re.ASCII)


def path_of(certificates: Sequence[bytes], is_signer: Callable[[Link], bool], time: int) -> list[Link]:
    """The signer and all other certificates in order above it, each verified and valid at `time`; raises DerError."""
    rest = [link_of(one) for one in certificates]

    def take(wanted: Callable[[Link], bool]) -> Link | None:
        place = next((at for at, one in enumerate(rest) if wanted(one)), None)
        if place is None:
            return None
        rest[place], rest[-1] = rest[-1], rest[place]
        return rest.pop()

    signer = take(is_signer)
    if signer is None:
        raise DerError("the certificate of the signer is not in the token")
    links = [signer]
    while (above := take(lambda one: one.subject == links[-1].issuer)) is not None:
        links[-1].check_signed_by(above, len(links) - 1)
        links.append(above)
    if rest:
        raise DerError("the token holds a certificate that is not of the signer's path")
    top = links[-1]
    if len(links) > 1 and top.subject == top.issuer:
        top.check_signed_by(top, len(links) - 2)
    late = next((one for one in links if not one.is_valid_at(time)), None)
    if late is not None:
        raise DerError(f"certificate '{late.name}' was not valid at the token's time")
    return links


def anchor_of(links: Sequence[Link], anchors: Sequence[Link], time: int) -> Link | None:
    """The anchor that stands in the path or signed its top."""
    inside = next((anchor for anchor in anchors if any(link.der == anchor.der for link in links)), None)
    found = inside or next((anchor for anchor in anchors if _is_signed_by(links, anchor)), None)
    return found if found is not None and found.is_valid_at(time) else None


def _is_signed_by(links: Sequence[Link], anchor: Link) -> bool:
    if anchor.subject != links[-1].issuer:
        return False
    try:
        links[-1].check_signed_by(anchor, len(links) - 1)
    except DerError:
        return False
    return True


def authorities_of(data: bytes) -> tuple[Link, ...] | None:
    """Trust anchors from PEM with one or more certificates and nothing else, or DER of one."""
    if not data or len(data) > AUTHORITIES_BYTES_MAX:
        return None
    try:
        if data[0] == SEQUENCE:
            return (link_of(data),)
        found, rest = list[Link](), data.decode("utf-8")
        while rest:
            block = _BLOCK.match(rest)
            der = None if block is None else unbase64(re.sub("[\r\n]", "", block.group(1)))
            if block is None or der is None or len(found) >= AUTHORITIES_MAX:
                return None
            found.append(link_of(der))
            rest = rest[block.end() :]
    except ValueError:
        return None
    return tuple(found)
