"""Strict JSON: what two parsers could read differently is refused.

Invariant: every value has one reading. No repeated member, integers only, no lone surrogate, bounded depth and number
of members, nothing after the value. The readers of members below refuse unknown and missing ones.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from .limits import INTEGER_MAX, JSON_DEPTH_MAX, JSON_MEMBERS_MAX
from .spelling import utf8_length

_SPACE = (" ", "\t", "\n", "\r")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_PLAIN = re.compile(r'[^"\\\x00-\x1f]+')
_UNIT = re.compile(r"[0-9a-fA-F]{4}", re.ASCII)
_SHORT = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_INTEGER_DIGITS_MAX = 17


class StrictJsonError(ValueError):
    """Why bytes are not strict JSON, or not of the form expected."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def refuse(self, why: str) -> StrictJsonError:
        return StrictJsonError(f"not strict JSON: {why} at character {self.at}")

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def space(self) -> None:
        while self.text[self.at : self.at + 1] in _SPACE:
            self.at += 1

    def take(self, token: str) -> None:
        if not self.text.startswith(token, self.at):
            raise self.refuse(f"expected {token}")
        self.at += len(token)

    def word(self, token: str, value: Any) -> Any:
        self.take(token)
        return value

    def value(self, depth: int) -> Any:
        self.space()
        match self.peek():
            case "{":
                return self.object(depth + 1)
            case "[":
                return self.array(depth + 1)
            case '"':
                return self.string()
            case "t":
                return self.word("true", True)
            case "f":
                return self.word("false", False)
            case "n":
                return self.word("null", None)
        return self.number()

    def number(self) -> int:
        found = _NUMBER.match(self.text, self.at)
        if found is None:
            raise self.refuse("no value")
        after = self.text[found.end() : found.end() + 1]
        if after and after in ".eE0123456789":
            raise self.refuse("a number that is not a plain integer")
        digits = found.group()
        if digits == "-0" or len(digits) > _INTEGER_DIGITS_MAX or abs(int(digits)) > INTEGER_MAX:
            raise self.refuse("an integer beyond 2^53 - 1, or -0")
        self.at = found.end()
        return int(digits)

    def string(self) -> str:
        self.at += 1
        parts = []
        while True:
            plain = _PLAIN.match(self.text, self.at)
            if plain is not None:
                parts.append(plain.group())
                self.at = plain.end()
            mark = self.peek()
            self.at += 1
            if mark == '"':
                return "".join(parts)
            if mark != "\\":
                raise self.refuse("a control character or no end of string")
            parts.append(self.escape())

    def escape(self) -> str:
        letter = self.peek()
        self.at += 1
        if letter != "u":
            if letter not in _SHORT:
                raise self.refuse("an unknown escape")
            return _SHORT[letter]
        unit = self.unit()
        if not 0xD800 <= unit <= 0xDFFF:
            return chr(unit)
        if unit > 0xDBFF:
            raise self.refuse("a lone surrogate")
        self.take("\\u")
        low = self.unit()
        if not 0xDC00 <= low <= 0xDFFF:
            raise self.refuse("a lone surrogate")
        return chr(0x10000 + ((unit - 0xD800) << 10) + low - 0xDC00)

    def unit(self) -> int:
        found = _UNIT.match(self.text, self.at)
        if found is None:
            raise self.refuse("a damaged escape")
        self.at = found.end()
        return int(found.group(), 16)

    def members(self, close: str, depth: int, one: Callable[[], None]) -> None:
        """Reads members between the opening and the closing mark."""
        if depth > JSON_DEPTH_MAX:
            raise self.refuse(f"nested deeper than {JSON_DEPTH_MAX}")
        self.at += 1
        self.space()
        if self.peek() == close:
            self.at += 1
            return
        for _ in range(JSON_MEMBERS_MAX):
            self.space()
            one()
            self.space()
            mark = self.peek()
            if mark not in (",", close):
                raise self.refuse("no comma")
            self.at += 1
            if mark == close:
                return
        raise self.refuse(f"more than {JSON_MEMBERS_MAX} members")

    def array(self, depth: int) -> list[Any]:
        items: list[Any] = []
        self.members("]", depth, lambda: items.append(self.value(depth)))
        return items

    def object(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}

        def one() -> None:
            if self.peek() != '"':
                raise self.refuse("no member name")
            name = self.string()
            self.space()
            self.take(":")
            if name in members:
                raise self.refuse("a repeated key")
            members[name] = self.value(depth)

        self.members("}", depth, one)
        return members


def parse_strict(data: bytes) -> Any:
    """Parses UTF-8 bytes; objects keep the order of their members."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise StrictJsonError("not strict JSON: not UTF-8") from None
    reader = _Reader(text)
    value = reader.value(0)
    reader.space()
    if reader.at != len(text):
        raise reader.refuse("something after the value")
    return value


def compact(value: Any) -> str:
    """The compact text of a value, members in their order."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def compact_length(value: Any) -> int:
    """Bytes of the compact text."""
    return utf8_length(compact(value))


# Readers of members: each gives back the value as used, or raises.

Shape = Callable[[Any], Any]


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise StrictJsonError("expected a text")
    return value


def anything(value: Any) -> Any:
    return value


def unsigned(value: Any) -> int:
    # A truth value is an int to Python, not to JSON.
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise StrictJsonError("expected a number not below 0")
    return value


def up_to(most: int) -> Shape:
    def read(value: Any) -> int:
        number = unsigned(value)
        if number > most:
            raise StrictJsonError("expected a small number")
        return number

    return read


def an_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StrictJsonError("expected an object")
    return value


def list_of(one: Shape) -> Shape:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise StrictJsonError("expected a list")
        return [one(item) for item in value]

    return read


def parsed(parse: Callable[[str], Any], name: str) -> Shape:
    """A text that `parse` reads; its ``None`` is a refusal."""

    def read(value: Any) -> Any:
        result = parse(value) if isinstance(value, str) else None
        if result is None:
            raise StrictJsonError(f"expected {name}")
        return result

    return read


class Optional:
    """A member that may be left out; `null` means the same only where a value may be null."""

    def __init__(self, one: Shape, absent: Any = None, *, nullable: bool = True) -> None:
        self.one, self.absent, self.nullable = one, absent, nullable

    def __call__(self, value: Any) -> Any:
        return self.absent if value is None and self.nullable else self.one(value)


def list_or_absent(one: Shape) -> Optional:
    """A list that may be left out. Its `null` is refused."""
    return Optional(list_of(one), [], nullable=False)


def struct(members: Mapping[str, Shape]) -> Shape:
    """Reads an object with exactly these members; unknown and missing ones raise."""

    def read(value: Any) -> dict[str, Any]:
        an_object(value)
        for name in value:
            if name not in members:
                raise StrictJsonError(f"unknown member {compact(name[:40])}")
        out = {}
        for name, one in members.items():
            if name in value:
                out[name] = one(value[name])
            elif isinstance(one, Optional):
                out[name] = one.absent
            else:
                raise StrictJsonError(f"missing member '{name}'")
        return out

    return read
