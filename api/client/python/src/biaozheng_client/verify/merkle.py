"""RFC 6962 over SHA-256: entries, roots, inclusion and consistency (RFC 9162, sections 2.1.3.2 and 2.1.4.2)."""

from collections.abc import Sequence

from ..hashing import sha256
from ..limits import MERKLE_PATH_MAX

_WRONG_LENGTH = "the path has the wrong number of hashes"


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00", entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01", left, right)


def log_entry(record: str, height: int, time_ms: int, position: int) -> bytes:
    """What the log holds about a record."""
    return f"biaozheng/entry/v1\n{record.removeprefix('sha256:')}\n{height}\n{time_ms}\n{position}\n".encode()


def genesis_entry(chain: str) -> bytes:
    """Entry 0 of every log."""
    return f"biaozheng/genesis/v1\n{chain.removeprefix('sha256:')}\n".encode()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root of a short list of leaf hashes."""
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def why_not_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> str | None:
    """``None`` when `leaf` stands at `index` of the tree, else why not."""
    if index >= size:
        return "the leaf index is not inside the tree"
    if len(path) > MERKLE_PATH_MAX:
        return _WRONG_LENGTH
    position, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return _WRONG_LENGTH
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        return _WRONG_LENGTH
    return None if found == root else "the path leads to another root"


def is_consistent(old: int, now: int, path: Sequence[bytes], old_root: bytes, now_root: bytes) -> bool:
    """True when the tree `(old, old_root)` is a prefix of `(now, now_root)`."""
    if old == 0 or old > now:
        return False
    if old == now:
        return not path and old_root == now_root
    if len(path) > MERKLE_PATH_MAX + 1:
        return False
    power_of_two = old & (old - 1) == 0
    rest = list(path) if power_of_two else list(path[1:])
    if not power_of_two and not path:
        return False
    before = after = old_root if power_of_two else path[0]
    position, last = old - 1, now - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    for sibling in rest:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and before == old_root and after == now_root
