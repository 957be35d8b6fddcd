"""C2SP tlog-checkpoint (origin, size, root in base64, each a line) and tlog-proof (index, path, checkpoint)."""

import re
from dataclasses import dataclass

from ..limits import MERKLE_PATH_MAX, TLOG_PROOF_BYTES_MAX
from ..spelling import u64, unbase64, utf8_length
from .note import Note, note_of_text

_ORIGIN = re.compile(r"biaozheng\.log/([a-z0-9-]{1,32})/([0-9a-f]{64})", re.ASCII)
_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Origin:
    """A log's name, which holds its chain."""

    text: str
    label: str
    chain: str


@dataclass(frozen=True)
class Checkpoint:
    origin: Origin
    size: int
    root: bytes


@dataclass(frozen=True)
class TlogProof:
    index: int
    path: tuple[bytes, ...]
    note: Note


def origin_of_text(text: str) -> Origin | None:
    found = _ORIGIN.fullmatch(text)
    return None if found is None else Origin(text, found.group(1), f"sha256:{found.group(2)}")


def _hash(text: str) -> bytes | None:
    data = unbase64(text)
    return data if data is not None and len(data) == 32 else None


def checkpoint_of_text(text: str) -> Checkpoint | None:
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] != "":
        return None
    origin, size, root = origin_of_text(lines[0]), u64(lines[1]), _hash(lines[2])
    if origin is None or size is None or root is None:
        return None
    return Checkpoint(origin, size, root)


def tlog_proof_of_text(text: str) -> TlogProof | None:
    """Reads a proof. The optional `extra` line is refused."""
    if utf8_length(text) > TLOG_PROOF_BYTES_MAX:
        return None
    head, gap, rest = text.partition("\n\n")
    header, *lines = head.split("\n")
    if not gap or header != _HEADER or not lines or not lines[0].startswith("index "):
        return None
    if len(lines) - 1 > MERKLE_PATH_MAX:
        return None
    index, path, note = u64(lines[0][6:]), [_hash(one) for one in lines[1:]], note_of_text(rest)
    if index is None or note is None or None in path:
        return None
    return TlogProof(index, tuple(one for one in path if one is not None), note)
