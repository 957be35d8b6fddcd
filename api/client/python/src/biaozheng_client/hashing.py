"""SHA-256, digests as text, and hashing of structured data: a domain tag and length-prefixed fields."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_PIECE_BYTES = 1024 * 1024


def sha256(*parts: bytes) -> bytes:
    hasher = hashlib.sha256()
    for part in parts:
        hasher.update(part)
    return hasher.digest()


def digest_text(text: str) -> str | None:
    """`sha256:` and 64 lower-case digits as it is, any other spelling ``None``."""
    return text if _DIGEST.fullmatch(text) else None


def to_digest(data: bytes) -> str:
    """The text of 32 bytes of a digest."""
    return f"sha256:{data.hex()}"


def digest_of(content: bytes) -> str:
    """The digest of some bytes, as text."""
    return to_digest(sha256(content))


def digest_of_file(path: Path | str) -> tuple[str, int]:
    """Digest and size of a file, read in pieces: a model or a video need not fit into memory."""
    hasher, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while piece := file.read(_PIECE_BYTES):
            hasher.update(piece)
            size += len(piece)
    return to_digest(hasher.digest()), size


def digest_bytes(digest: str) -> bytes:
    return bytes.fromhex(digest.removeprefix("sha256:"))


def digest_fields(digest: str) -> list[bytes]:
    """A digest as two fields: algorithm and bytes."""
    return [b"\x01", digest_bytes(digest)]


def field_hash(domain: str, fields: Iterable[bytes]) -> bytes:
    """H(tag, field, ...): SHA-256 over each length as eight bytes and each field."""
    hasher = hashlib.sha256()
    for field in [domain.encode(), *fields]:
        hasher.update(len(field).to_bytes(8))
        hasher.update(field)
    return hasher.digest()
