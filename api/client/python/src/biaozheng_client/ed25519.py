"""Ed25519 by one strict rule, as everywhere on the ledger.

The key is the canonical encoding of a point of the prime-order group; S is below the group order; R is byte for byte
the encoding of [S]B - [k]A and not of small order.

`cryptography` compares R byte for byte and checks S, but takes keys outside the prime-order group and keys that are
not canonical. Those are refused here before it is asked, by the curve's own arithmetic on public bytes.
"""

import os
import re
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

_KEY_FILE = re.compile(rb"biaozheng-secret-key/1 ed25519 ([0-9a-f]{64})\r?\n?")
_KEY_FILE_BYTES_MAX = 128

# A point in extended coordinates: X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z.
_Point = tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)


def _add(one: _Point, other: _Point) -> _Point:
    """The complete addition law of RFC 8032, section 5.1.4; it doubles as well."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(point: _Point, scalar: int) -> _Point:
    result = _NEUTRAL
    for bit in bin(scalar)[2:]:
        result = _add(result, result)
        if bit == "1":
            result = _add(result, point)
    return result


def _is_neutral(point: _Point) -> bool:
    return point[0] % _P == 0 and (point[1] - point[2]) % _P == 0


def _decode(data: bytes) -> _Point | None:
    """The point with exactly this encoding; a second encoding of a point is none."""
    if len(data) != 32:
        return None
    value = int.from_bytes(data, "little")
    y, sign = value & (2**255 - 1), value >> 255
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if x * x % _P != square or (x == 0 and sign == 1):
        return None
    if x % 2 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


@lru_cache(maxsize=512)
def is_prime_order_point(data: bytes) -> bool:
    """True for the canonical encoding of a point of the prime-order group other than its neutral element."""
    point = _decode(data)
    return point is not None and not _is_neutral(point) and _is_neutral(_multiply(point, _ORDER))


@lru_cache(maxsize=512)
def _is_small_order(data: bytes) -> bool:
    point = _decode(data)
    return point is not None and _is_neutral(_multiply(point, 8))


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """The signature check. Never raises."""
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= _ORDER:
        return False
    if _is_small_order(signature[:32]) or not is_prime_order_point(key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class SecretKey:
    """A signing key made from 32 secret bytes. Never printed."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise ValueError("an Ed25519 seed has 32 bytes")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: bytes = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @classmethod
    def generate(cls) -> "SecretKey":
        """A new key from the operating system's generator."""
        return cls(os.urandom(32))

    @classmethod
    def from_file(cls, path: Path | str) -> "SecretKey":
        """Reads a key file as `biaozheng` makes it; one that others can read is refused."""
        with open(path, "rb") as file:
            # Of the opened file, not of the path: nobody can swap it in between.
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and mode & 0o077:
                raise ValueError(f"{path}: others can read this key; run: chmod 600 {path}")
            found = _KEY_FILE.fullmatch(file.read(_KEY_FILE_BYTES_MAX + 1))
        if found is None:
            raise ValueError(f"{path}: not a secret key file: 'biaozheng-secret-key/1 ed25519' and 64 digits")
        return cls(bytes.fromhex(found.group(1).decode()))

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def __repr__(self) -> str:
        return "SecretKey(secret)"
