"""From the signer's certificate to a trust anchor (RFC 5280 §6.1): which of the given names and keys vouches for it.

Invariants: an anchor is a name and a key (§6.1.1 d). Every way through the token's certificates counts, whatever their
order; how many signatures that takes is known and bounded before one is checked. A certificate on the way whose issuer
is in the token, and did not sign it, refuses the token. One that no name leads to does too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..limits import PATH_CERTIFICATES_MAX, PATH_SIGNATURES_MAX
from .authority_certificate import Link, out_of_place
from .der import DerError


@dataclass(frozen=True)
class _Named:
    """A certificate, and one whose subject is its issuer's name: of the token at `place`, or the anchor at `anchor`."""

    child: int
    issuer: Link
    place: int | None
    anchor: int | None


@dataclass(frozen=True)
class _Pair:
    named: _Named
    why: str | None
    valid: bool

    @property
    def holds(self) -> bool:
        return self.why is None

    def is_deep_enough(self, below: "_Reached") -> bool:
        depth = self.named.issuer.uses.depth
        return depth is None or below.authorities <= depth


@dataclass(frozen=True)
class _Reached:
    """How far from the signer: certificates below, and authorities below it, the self-issued left out (§6.1.4 l)."""

    layer: int
    authorities: int


_Way = list[_Reached | None]


def _named(links: Sequence[Link], signer: int, anchors: Sequence[Link]) -> list[_Named]:
    """Every pair of names on the way up, counted before the first signature is checked."""
    children, found = [signer], list[_Named]()
    for child in children:
        wanted = links[child].issuer
        for place, one in enumerate(links):
            # A self-issued certificate has to be signed by somebody too; the signer's own is held by its reference.
            if one.subject != wanted or place == child == signer:
                continue
            found.append(_Named(child, one, place, None))
            if place not in children:
                children.append(place)
        found += [_Named(child, one, None, at) for at, one in enumerate(anchors) if one.subject == wanted]
        if len(found) > PATH_SIGNATURES_MAX:
            raise DerError(
                f"certificates of these names would take more than {PATH_SIGNATURES_MAX} signatures to tell apart"
            )
    if len(children) != len(links):
        raise DerError("the token holds a certificate that no name on the signer's path leads to; nothing signs it")
    return found


def _reached_by(pairs: Sequence[_Pair], signer: int, count: int) -> _Way:
    """For each certificate the shortest way from the signer; None where no signatures lead to it."""
    reached: _Way = [_Reached(0, 0) if place == signer else None for place in range(count)]
    for layer in range(1, PATH_CERTIFICATES_MAX):
        after = list(reached)
        for pair in pairs:
            below, place = reached[pair.named.child], pair.named.place
            if place is None or below is None or not (pair.holds and pair.valid and pair.is_deep_enough(below)):
                continue
            authorities = below.authorities + (not pair.named.issuer.is_self_issued)
            known = after[place]
            if known is None:
                after[place] = _Reached(layer, authorities)
            elif authorities < known.authorities:
                after[place] = _Reached(known.layer, authorities)
        if after == reached:
            break
        reached = after
    return reached


def _check_ends(pairs: Sequence[_Pair], reached: _Way) -> None:
    """Raises where an issuer stands in the token that should have signed a certificate on the way, and none has.

    Anchors do not count: whether a token holds is the same for everybody.
    """
    for child, below in enumerate(reached):
        above = [pair for pair in pairs if pair.named.child == child and pair.named.place is not None]
        if below is not None and above and not any(pair.holds and pair.is_deep_enough(below) for pair in above):
            wrong = above[0]
            deep = out_of_place(wrong.named.issuer.name, "more authorities stand below it than it allows")
            raise DerError(wrong.why or deep)


def _nearest(pairs: Sequence[_Pair], reached: _Way) -> Link | None:
    """The anchor reached over the fewest certificates; of several the first in the verifier's file."""
    found = list[tuple[int, int, Link]]()
    for pair in pairs:
        below, anchor = reached[pair.named.child], pair.named.anchor
        if anchor is not None and below is not None and pair.holds and pair.valid and pair.is_deep_enough(below):
            found.append((below.layer, anchor, pair.named.issuer))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _top_of(pairs: Sequence[_Pair], reached: _Way, signer: int) -> int:
    """The highest certificate that is reached and has none above it."""

    def goes_on(child: int) -> bool:
        return any(
            pair.holds and pair.named.place not in (None, child) and reached[pair.named.place] is not None
            for pair in pairs
            if pair.named.child == child and pair.named.place is not None
        )

    tops = [(found.layer, -place) for place, found in enumerate(reached) if found is not None and not goes_on(place)]
    return -max(tops)[1] if tops else signer


def trust_of(links: Sequence[Link], signer: int, anchors: Sequence[Link], time: int) -> tuple[Link | None, str]:
    """Who vouches for the signer among sorted links, and whose name the way up ends at; raises DerError."""
    pairs = [
        _Pair(one, links[one.child].why_not_signed_by(one.issuer), one.issuer.is_valid_at(time))
        for one in _named(links, signer, anchors)
    ]
    reached = _reached_by(pairs, signer, len(links))
    _check_ends(pairs, reached)
    own = links[signer]
    direct = (one for one in anchors if (one.subject, one.key) == (own.subject, own.key) and one.is_valid_at(time))
    top = links[_top_of(pairs, reached, signer)]
    return next(direct, None) or _nearest(pairs, reached), top.issuer.shown
