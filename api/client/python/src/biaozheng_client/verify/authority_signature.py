"""Signatures of timestamp authorities: RSASSA-PKCS1-v1_5 of 2048 to 4096 bits and ECDSA P-256, with SHA-2.

Invariant: the algorithm named beside a signature agrees with the key and the digest; anything else is refused. The
arithmetic is `cryptography`'s.
"""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from .der import BIT_STRING, INTEGER, NULL, Der, DerError, positive

_HASHES = {f"2.16.840.1.101.3.4.2.{at}": name for at, name in ((1, "sha256"), (2, "sha384"), (3, "sha512"))}
_FUNCTIONS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_RSA = "1.2.840.113549.1.1.1"
_EC = "1.2.840.10045.2.1"
_P256 = "1.2.840.10045.3.1.7"
_MODULUS_BYTES = range(256, 512 + 1)
_EXPONENTS = range(3, 2**33, 2)
_COORDINATE_BYTES = 32
# Compressed with either sign, and uncompressed (SEC 1 §2.3.3).
_POINTS = {2: 33, 3: 33, 4: 65}


@dataclass(frozen=True)
class SignatureKind:
    """The algorithm beside a signature. `rsaEncryption` leaves the digest to its surroundings."""

    rsa: bool
    hash: str | None


_KINDS = {_RSA: SignatureKind(True, None)}
for _at, _hash in enumerate(_FUNCTIONS):
    _KINDS[f"1.2.840.113549.1.1.{11 + _at}"] = SignatureKind(True, _hash)
    _KINDS[f"1.2.840.10045.4.3.{2 + _at}"] = SignatureKind(False, _hash)


def digest_by(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()


def _without_parameters(algorithm: Der) -> None:
    if algorithm.optional(NULL):
        algorithm.refuse()
    algorithm.end()


def hash_of(algorithm: Der) -> str:
    """The digest an AlgorithmIdentifier names; parameters are absent or NULL."""
    found = _HASHES.get(algorithm.object())
    _without_parameters(algorithm)
    if found is None:
        raise DerError("the digest algorithm is not SHA-256, SHA-384 or SHA-512")
    return found


def signature_kind_of(algorithm: Der) -> SignatureKind:
    found = _KINDS.get(algorithm.object())
    _without_parameters(algorithm)
    if found is None:
        raise DerError("the signature algorithm is not accepted")
    return found


def _check_rsa_key(algorithm: Der, data: bytes) -> None:
    algorithm.value(NULL)
    algorithm.end()
    parts = Der.of_sequence(data, "the RSA key")
    modulus, exponent = positive(parts.value(INTEGER)), positive(parts.value(INTEGER))
    parts.end()
    fine = modulus is not None and (modulus.bit_length() + 7) // 8 in _MODULUS_BYTES and modulus % 2 == 1
    if not fine or exponent not in _EXPONENTS:
        parts.refuse("is not accepted")


def _check_p256_key(algorithm: Der, data: bytes) -> None:
    if algorithm.object() != _P256 or not algorithm.is_empty or _POINTS.get(data[0] if data else 0) != len(data):
        raise DerError("the ECDSA key is not of P-256")


def _check_ecdsa_form(signature: bytes) -> None:
    parts = Der.of_sequence(signature, "the ECDSA signature")
    numbers = [positive(parts.value(INTEGER)), positive(parts.value(INTEGER))]
    parts.end()
    if any(one is None or one.bit_length() > 8 * _COORDINATE_BYTES for one in numbers):
        parts.refuse()


def check_signature(kind: SignatureKind, key: bytes, named: str | None, message: bytes, signature: bytes) -> None:
    """Raises DerError unless it holds under this SubjectPublicKeyInfo. `named`: the digest the surroundings name."""
    if kind.hash is not None and named is not None and kind.hash != named:
        raise DerError("a signature and its digest are a mixed pair")
    hash_name = kind.hash or named
    info = Der.of_sequence(key, "the public key")
    algorithm, bits = info.sequence(), info.value(BIT_STRING)
    info.end()
    if bits[:1] != b"\x00":
        info.refuse()
    if hash_name is None or algorithm.object() != (_RSA if kind.rsa else _EC):
        raise DerError("the key does not fit the signature algorithm")
    if kind.rsa:
        _check_rsa_key(algorithm, bits[1:])
    else:
        _check_p256_key(algorithm, bits[1:])
        _check_ecdsa_form(signature)
    if not _holds(key, hash_name, message, signature):
        raise DerError("the signature does not hold")


def _holds(key: bytes, hash_name: str, message: bytes, signature: bytes) -> bool:
    function = _FUNCTIONS[hash_name]
    try:
        loaded = load_der_public_key(key)
        if isinstance(loaded, rsa.RSAPublicKey):
            loaded.verify(signature, message, padding.PKCS1v15(), function)
        elif isinstance(loaded, ec.EllipticCurvePublicKey):
            loaded.verify(signature, message, ec.ECDSA(function))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
