"""Bytes and their texts.

Invariant: one meaning has one spelling. A second one is refused (``None``), never repaired: what the standard library
reads leniently (white space, spare bits, capitals, digits of other scripts) does not get through here.
"""

import base64 as _base64
import binascii
import re

from .limits import U64_MAX

_HEX = re.compile(r"[0-9a-f]*", re.ASCII)
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)
# What Unicode calls white space. Python's own idea of it has U+001C to U+001F more.
_SPACE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACES = re.compile(f"[{_SPACE}]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return _base64.b64encode(data).decode("ascii")


def unbase64(text: str) -> bytes | None:
    """The bytes of standard base64 with padding, no white space, no spare bits."""
    try:
        data = _base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64(data) == text else None


def unhex(digits: str) -> bytes | None:
    """The bytes of lower-case hexadecimal digits."""
    return bytes.fromhex(digits) if len(digits) % 2 == 0 and _HEX.fullmatch(digits) else None


def u64(text: str) -> int | None:
    """A decimal below 2^64 without sign or leading zero."""
    if not _DECIMAL.fullmatch(text):
        return None
    value = int(text)
    return value if value <= U64_MAX else None


def utf8_length(text: str) -> int:
    """Bytes of a text in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def words(line: str) -> list[str]:
    """The words of a line, between Unicode's white space."""
    return [word for word in _SPACES.split(line) if word]


def has_space(text: str) -> bool:
    """True where any character is white space."""
    return _SPACES.search(text) is not None


def has_control(text: str) -> bool:
    """True where any character is of the category Cc."""
    return _CONTROL.search(text) is not None
