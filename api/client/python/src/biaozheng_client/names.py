"""Identifiers, record types and public keys as text."""

import re

from .hashing import field_hash
from .limits import RECORD_TYPE_BYTES_MAX
from .spelling import base64, unbase64

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
_TYPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*/[1-9][0-9]{0,3}", re.ASCII)


def identifier(text: str) -> str | None:
    return text if _IDENTIFIER.fullmatch(text) else None


def record_type(text: str) -> str | None:
    return text if len(text) <= RECORD_TYPE_BYTES_MAX and _TYPE.fullmatch(text) else None


def public_key(text: str) -> bytes | None:
    """The 32 bytes of `ed25519:<base64>`. Whether they are a usable point is another question."""
    if not text.startswith("ed25519:") or len(text) != 52:
        return None
    data = unbase64(text[8:])
    return data if data is not None and len(data) == 32 else None


def public_key_text(key: bytes) -> str:
    return f"ed25519:{base64(key)}"


def key_id(key: bytes) -> bytes:
    """The 32 bytes that name a key."""
    return field_hash("biaozheng/key/v1", [b"\x01", key])
