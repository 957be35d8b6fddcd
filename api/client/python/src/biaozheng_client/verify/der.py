"""DER read one element after another, in the order a structure has them.

Invariant: definite minimal lengths and one-byte tags only, no recursion, and `end` refuses what is left over.
"""

from datetime import UTC, datetime
from typing import NoReturn

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OBJECT = 1, 2, 3, 4, 5, 6
UTF8_STRING, PRINTABLE_STRING, IA5_STRING, VISIBLE_STRING, BMP_STRING = 0x0C, 0x13, 0x16, 0x1A, 0x1E
UTC_TIME, GENERAL_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31
# Tags of the universal class that DER gives a form to; any other is refused, wherever it stands.
_TIMES_AND_TEXTS = (0x0C, 0x12, 0x13, 0x14, 0x15, 0x16, UTC_TIME, GENERAL_TIME, 0x1A, 0x1B, 0x1E)
_UNIVERSAL = frozenset((BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OBJECT, 9, 0x0A, 0x0D, SEQUENCE, SET))
_KNOWN = _UNIVERSAL.union(_TIMES_AND_TEXTS)
_PRIVATE_FROM = 0x40
_LENGTH_BYTES_MAX = 3
_OBJECT_BYTES_MAX = 39
_ARC_MAX = 2**32 - 1


class DerError(ValueError):
    """Why bytes are not the structure they should be."""


def constructed(number: int) -> int:
    return 0xA0 | number


def primitive(number: int) -> int:
    return 0x80 | number


class Der:
    """The elements of one constructed value; errors name `what`."""

    def __init__(self, data: bytes, what: str) -> None:
        self.data, self.what, self.at = data, what, 0

    @classmethod
    def of_sequence(cls, data: bytes, what: str) -> "Der":
        """Over the elements of the one SEQUENCE that `data` is."""
        whole = cls(data, what)
        inside = whole.sequence()
        whole.end()
        return inside

    def refuse(self, why: str = "is not in the DER it should be") -> NoReturn:
        raise DerError(f"{self.what} {why}")

    def any(self) -> tuple[int, bytes, bytes]:
        """The next element: tag, value, and all of it as it stands."""
        data, at = self.data, self.at
        if len(data) < at + 2:
            self.refuse()
        tag, length = data[at], data[at + 1]
        if tag & 0x1F == 0x1F or (tag < _PRIVATE_FROM and tag not in _KNOWN):
            self.refuse()
        start = at + 2
        if length >= 0x80:
            count = length - 0x80
            spelled = data[start : start + count]
            if not 1 <= count <= _LENGTH_BYTES_MAX or len(spelled) < count:
                self.refuse()
            length, start = int.from_bytes(spelled), start + count
            if length < (0x80 if count == 1 else 256 ** (count - 1)):
                self.refuse()
        if start + length > len(data):
            self.refuse()
        self.at = start + length
        return tag, data[start : self.at], data[at : self.at]

    def raw(self) -> bytes:
        return self.any()[2]

    def optional(self, tag: int) -> bytes | None:
        """The value of the next element where it has this tag."""
        return self.any()[1] if self.data[self.at : self.at + 1] == bytes([tag]) else None

    def value(self, tag: int) -> bytes:
        found = self.optional(tag)
        return self.refuse() if found is None else found

    def sequence(self) -> "Der":
        return Der(self.value(SEQUENCE), self.what)

    def object(self) -> str:
        """An object identifier in dotted form."""
        return _dotted(self.value(OBJECT)) or self.refuse()

    def algorithm(self) -> None:
        """An AlgorithmIdentifier's elements: an object and at most one parameter.

        What they mean is judged where they are used.
        """
        self.object()
        if not self.is_empty:
            self.any()
        self.end()

    def small(self) -> int:
        """A small INTEGER that is not negative."""
        value = self.value(INTEGER)
        return value[0] if len(value) == 1 and value[0] < 0x80 else self.refuse()

    def flag(self) -> bool:
        """BOOLEAN DEFAULT FALSE.

        DER leaves FALSE out; that it is written is taken, for others write it in what they sign.
        """
        value = self.optional(BOOLEAN)
        if value not in (None, b"\x00", b"\xff"):
            self.refuse()
        return value == b"\xff"

    @property
    def is_empty(self) -> bool:
        return self.at == len(self.data)

    def end(self) -> None:
        if not self.is_empty:
            self.refuse("has something left over")


def _dotted(data: bytes) -> str | None:
    # The first two arcs stand in one byte: a second arc has at most 39, also below 2.
    if not 1 <= len(data) <= _OBJECT_BYTES_MAX or data[0] > 119 or data[-1] >= 0x80:
        return None
    arcs = [data[0] // 40, data[0] % 40]
    arc, fresh = 0, True
    for byte in data[1:]:
        if fresh and byte == 0x80:
            return None
        arc = arc * 128 + (byte & 0x7F)
        if arc > _ARC_MAX:
            return None
        fresh = byte < 0x80
        if fresh:
            arcs.append(arc)
            arc = 0
    return ".".join(str(one) for one in arcs)


def positive(data: bytes) -> int | None:
    """A positive INTEGER in its one encoding."""
    if not data or data[0] >= 0x80 or (len(data) > 1 and data[0] == 0 and data[1] < 0x80):
        return None
    return int.from_bytes(data) or None


def milliseconds(text: str) -> int | None:
    """Unix milliseconds of `YYYYMMDDhhmmss`, 1970 and later."""
    if len(text) != 14 or not (text.isascii() and text.isdigit()):
        return None
    month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, 14, 2))
    try:
        time = datetime(int(text[:4]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    seconds = int(time.timestamp())
    return seconds * 1000 if seconds >= 0 else None
