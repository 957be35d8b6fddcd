"""Names of certificates (RFC 5280 §4.1.2.4).

Invariant: a name only says which keys to try; whether one signed is for the signature to say. Texts are compared as
RFC 5280 §7.1 asks, in the part that authorities need: whatever string type, without regard to the case of ASCII letters
and to the number of spaces.
"""

import re
from dataclasses import dataclass, field

from .der import BMP_STRING, IA5_STRING, PRINTABLE_STRING, SET, UTF8_STRING, VISIBLE_STRING, Der

_COMMON_NAME = "2.5.4.3"
_ASCII = (PRINTABLE_STRING, IA5_STRING, VISIBLE_STRING)
_SPACES = re.compile("[ \t-\r]+")
_LOWER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}
_Pair = tuple[str, bool, str | bytes]


@dataclass(frozen=True)
class Name:
    """Two are equal where they are the same name, however it is spelled."""

    raw: bytes = field(compare=False)
    shown: str = field(compare=False)
    compared: tuple[tuple[_Pair, ...], ...]


def _text_of(tag: int, value: bytes) -> str | None:
    try:
        if tag == UTF8_STRING:
            return value.decode("utf-8")
        if tag in _ASCII:
            return value.decode("ascii")
    except UnicodeDecodeError:
        return None
    if tag != BMP_STRING or len(value) % 2:
        return None
    units = [int.from_bytes(value[at : at + 2]) for at in range(0, len(value), 2)]
    return None if any(0xD800 <= one <= 0xDFFF for one in units) else "".join(map(chr, units))


def _folded(text: str) -> str:
    return " ".join(word for word in _SPACES.split(text) if word).translate(_LOWER)


def name_of(raw: bytes) -> Name:
    """Reads a name; raises DerError. `shown` is the last common name, for people."""
    shown = raw.hex()[:40]
    compared = []
    sets = Der.of_sequence(raw, "a name")
    while not sets.is_empty:
        rest, pairs = Der(sets.value(SET), "a name"), list[_Pair]()
        while not rest.is_empty:
            pair = rest.sequence()
            kind, (tag, value, whole) = pair.object(), pair.any()
            pair.end()
            text = _text_of(tag, value)
            if kind == _COMMON_NAME:
                shown = value.decode("utf-8", "replace")
            pairs.append((kind, False, whole) if text is None else (kind, True, _folded(text)))
        # A raw pair and a text never meet in one place of the order.
        compared.append(tuple(sorted(pairs, key=lambda one: (one[0], one[1], repr(one[2])))))
    return Name(raw, shown, tuple(compared))
