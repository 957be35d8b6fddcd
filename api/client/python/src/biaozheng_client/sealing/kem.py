"""A layer's key, encrypted to a label: Boneh-Franklin with the Fujisaki-Okamoto transform over BLS12-381.

The bytes are those of the ledger's library: signatures in G1, keys in G2, targets hashed to G1, and the pairing's value
as that library writes it. The curve is `py_ecc`'s; it is not constant in time, so seal on a machine of your own.

    U 96, point of G2 | V 32 | W 32
"""

import hashlib
import re
import sys
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from ..hashing import sha256
from .wire import KEM_BYTES, Layer, SealError

# `py_ecc` lifts the interpreter's limit of recursion for everybody when it is imported, and deep JSON from a node would
# then end the process. Nothing used here needs that.
_LIMIT = sys.getrecursionlimit()
from py_ecc.bls.g2_primitives import subgroup_check  # noqa: E402
from py_ecc.bls.hash import expand_message_xmd  # noqa: E402
from py_ecc.bls.hash_to_curve import hash_to_G1  # noqa: E402
from py_ecc.bls.point_compression import compress_G1, compress_G2, decompress_G1, decompress_G2  # noqa: E402
from py_ecc.bls.typing import G1Compressed, G2Compressed  # noqa: E402
from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_curve import G2, curve_order, field_modulus, is_inf, multiply  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_pairing import pairing  # noqa: E402

sys.setrecursionlimit(_LIMIT)

# Three coordinates over the field or its square; the library's own types say no more.
Point = Any
_NAMESPACE = b"biaozheng/threshold/v1"
_TARGET = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_"
_RANDOMNESS = b"TLE_BLS12381_XMD:SHA-256_SSWU_RO_H3_"
_SCALAR_BYTES = 48
# The library annotates the function as what it returns.
_SHA256: Any = hashlib.sha256
_COORDINATE_BYTES = 48
_HEX_KEY = re.compile(r"[0-9a-f]{192}", re.ASCII)


def _checked(point: Point, again: bytes, data: bytes, what: str) -> Point:
    """The point where the bytes are its one encoding and it is of the group, not its neutral element."""
    if again != data or is_inf(point) or not subgroup_check(point):
        raise SealError(f"these bytes are not {what}")
    return point


def key_point(data: bytes) -> Point:
    """The point of a group's key; raises SealError for anything but its canonical encoding."""
    half = _COORDINATE_BYTES
    if len(data) != 2 * half:
        raise SealError("a group key has 96 bytes")
    try:
        point = decompress_G2(G2Compressed((_coordinate(data[:half]), _coordinate(data[half:]))))
    except (ValueError, AssertionError) as error:
        raise SealError("these bytes are not a group key") from error
    return _checked(point, _g2_bytes(point), data, "a group key")


def signature_point(data: bytes) -> Point:
    """The point of a group's signature; raises SealError for anything but its canonical encoding."""
    if len(data) != _COORDINATE_BYTES:
        raise SealError("a group signature has 48 bytes")
    try:
        point = decompress_G1(_coordinate(data))
    except (ValueError, AssertionError) as error:
        raise SealError("these bytes are not a group signature") from error
    return _checked(point, compress_G1(point).to_bytes(_COORDINATE_BYTES), data, "a group signature")


def key_of_hex(digits: str) -> bytes:
    """The 96 bytes of a group key written in lower-case hexadecimal."""
    if not _HEX_KEY.fullmatch(digits):
        raise SealError("a group key is 192 lower-case hexadecimal digits")
    return bytes.fromhex(digits)


def _coordinate(data: bytes) -> G1Compressed:
    return G1Compressed(int.from_bytes(data))


def _g2_bytes(point: Point) -> bytes:
    return b"".join(half.to_bytes(_COORDINATE_BYTES) for half in compress_G2(point))


def target_point(label: bytes) -> Point:
    """The label as a point of G1; its namespace stands before it, behind its length."""
    return hash_to_G1(bytes([len(_NAMESPACE)]) + _NAMESPACE + label, _TARGET, _SHA256)


def _mask(value: FQ12) -> bytes:
    """H2. `py_ecc` gives e; the ledger's library raises it to -3 and writes it by powers of w, each as a + b(u)."""
    value = (value * value * value).inv()
    numbers = [int(one) for one in value.coeffs]
    # With w^6 = 1 + u the twelve numbers over w are six over w with a + b u.
    pairs = (((numbers[at] + numbers[at + 6]) % field_modulus, numbers[at + 6]) for at in range(6))
    return sha256(b"h2", *(one.to_bytes(_COORDINATE_BYTES) for pair in pairs for one in pair))


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _randomness(sigma: bytes, key: bytes) -> int:
    """H3: the scalar by RFC 9380's hash to field."""
    data = expand_message_xmd(sigma + key, _RANDOMNESS, _SCALAR_BYTES, _SHA256)
    return int.from_bytes(data) % curve_order


def first_of_stream(seed: bytes) -> bytes:
    """The first 32 bytes of the ChaCha20 stream under this key, counter and nonce zero."""
    encryptor = Cipher(algorithms.ChaCha20(seed, bytes(16)), mode=None).encryptor()
    return encryptor.update(bytes(32))


def seal_key(group: Point, label: bytes, key: bytes, seed: bytes) -> Layer:
    """Encrypts a layer's key to a label."""
    sigma = first_of_stream(seed)
    scalar = _randomness(sigma, key)
    value = pairing(multiply(group, scalar), target_point(label))
    masked = _xor(sigma, _mask(value)) + _xor(key, sha256(b"h4", sigma))
    return Layer(key, _g2_bytes(multiply(G2, scalar)) + masked)


def open_key(signature: Point, kem: bytes) -> bytes | None:
    """The layer's key under the group's signature over its label; ``None`` where there is none."""
    if len(kem) != KEM_BYTES:
        raise SealError(f"a KEM ciphertext has {KEM_BYTES} bytes")
    point, masked_sigma, masked_key = key_point(kem[:96]), kem[96:128], kem[128:]
    sigma = _xor(masked_sigma, _mask(pairing(point, signature)))
    key = _xor(masked_key, sha256(b"h4", sigma))
    return key if _g2_bytes(multiply(G2, _randomness(sigma, key))) == kem[:96] else None


def is_signature(group: Point, label: bytes, signature: Point) -> bool:
    """True when the group signed exactly this label."""
    return bool(pairing(group, target_point(label)) == pairing(G2, signature))
