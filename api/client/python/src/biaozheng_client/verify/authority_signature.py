"""Signatures of timestamp authorities: RSA of 2048 to 4096 bits by PKCS#1 v1.5 or PSS, ECDSA on P-256, P-384 and P-521.

Invariant: all with SHA-2, and the algorithm named beside a signature agrees with the key and the digest; anything else
is refused. The arithmetic is `cryptography`'s.
"""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from .der import BIT_STRING, INTEGER, NULL, SEQUENCE, Der, DerError, constructed, positive

_HASHES = {f"2.16.840.1.101.3.4.2.{at}": name for at, name in ((1, "sha256"), (2, "sha384"), (3, "sha512"))}
_FUNCTIONS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_RSA, _RSA_PSS, _MGF1 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8"
_EC = "1.2.840.10045.2.1"
_CURVES: dict[str, tuple[ec.EllipticCurve, int]] = {
    "1.2.840.10045.3.1.7": (ec.SECP256R1(), 32),
    "1.3.132.0.34": (ec.SECP384R1(), 48),
    "1.3.132.0.35": (ec.SECP521R1(), 66),
}
_PKCS1, _PSS, _ECDSA = "pkcs1", "pss", "ecdsa"
_MODULUS_BYTES = range(256, 512 + 1)
_EXPONENTS = range(3, 2**33, 2)
# Where the parameters of RSASSA-PSS do not say (RFC 4055 §3.1).
_SALT_BYTES_DEFAULT = 20


@dataclass(frozen=True)
class SignatureKind:
    """The algorithm beside a signature. `rsaEncryption` leaves the digest to its surroundings."""

    scheme: str
    hash: str | None
    salt_bytes: int = 0


_KINDS = {_RSA: SignatureKind(_PKCS1, None)}
for _at, _hash in enumerate(_FUNCTIONS):
    _KINDS[f"1.2.840.113549.1.1.{11 + _at}"] = SignatureKind(_PKCS1, _hash)
    _KINDS[f"1.2.840.10045.4.3.{2 + _at}"] = SignatureKind(_ECDSA, _hash)


def digest_by(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()


def sha1(data: bytes) -> bytes:
    """For the one reference that RFC 2634 defines as a SHA-1."""
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _without_parameters(algorithm: Der) -> None:
    if algorithm.optional(NULL):
        algorithm.refuse()
    algorithm.end()


def hash_of(algorithm: Der) -> str:
    """The digest an AlgorithmIdentifier names; parameters are absent or NULL (RFC 5754 §2)."""
    found = _HASHES.get(algorithm.object())
    _without_parameters(algorithm)
    if found is None:
        raise DerError("the digest algorithm is not SHA-256, SHA-384 or SHA-512 (RFC 5754; SHA-1 never)")
    return found


def _only_number(value: bytes) -> int:
    inside = Der(value, "RSASSA-PSS-params")
    number = inside.small()
    inside.end()
    return number


def _pss_of(parts: Der) -> SignatureKind:
    """RSASSA-PSS-params (RFC 4055 §3.1). The default digest is SHA-1: parameters that leave it out are refused."""
    refused = "RSASSA-PSS with these parameters is not accepted (RFC 4055 §3.1)"
    hashed, masked = parts.optional(constructed(0)), parts.optional(constructed(1))
    if hashed is None or masked is None:
        raise DerError(refused)
    hash_name = hash_of(Der.of_sequence(hashed, "RSASSA-PSS-params"))
    mask = Der.of_sequence(masked, "RSASSA-PSS-params")
    if mask.object() != _MGF1 or hash_of(mask.sequence()) != hash_name:
        raise DerError(refused)
    mask.end()
    salted, trailer = parts.optional(constructed(2)), parts.optional(constructed(3))
    parts.end()
    salt_bytes = _SALT_BYTES_DEFAULT if salted is None else _only_number(salted)
    # FIPS 186-5 §5.4: at most the digest's length.
    if (trailer is not None and _only_number(trailer) != 1) or salt_bytes > _FUNCTIONS[hash_name].digest_size:
        raise DerError(refused)
    return SignatureKind(_PSS, hash_name, salt_bytes)


def signature_kind_of(algorithm: Der) -> SignatureKind:
    kind = algorithm.object()
    if kind == _RSA_PSS:
        parameters = algorithm.sequence()
        algorithm.end()
        return _pss_of(parameters)
    found = _KINDS.get(kind)
    _without_parameters(algorithm)
    if found is None:
        raise DerError("the signature algorithm is not accepted (RFC 5754, RFC 4055; SHA-1 never)")
    return found


def _rsa_key(data: bytes) -> rsa.RSAPublicKey:
    parts = Der.of_sequence(data, "the RSA key")
    modulus, exponent = positive(parts.value(INTEGER)), positive(parts.value(INTEGER))
    parts.end()
    fine = modulus is not None and (modulus.bit_length() + 7) // 8 in _MODULUS_BYTES and modulus % 2 == 1
    if not fine or modulus is None or exponent is None or exponent not in _EXPONENTS:
        parts.refuse("is not of 2048 to 4096 bits, or not accepted")
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        parts.refuse("is not accepted")


def _check_pss_key(algorithm: Der, kind: SignatureKind) -> None:
    """Whether a key of RSASSA-PSS allows this signature (RFC 4055 §3.3): one without parameters allows each."""
    given = algorithm.optional(SEQUENCE)
    algorithm.end()
    if given is None:
        return
    allowed = _pss_of(Der(given, "RSASSA-PSS-params"))
    if allowed.hash != kind.hash or allowed.salt_bytes > kind.salt_bytes:
        raise DerError("the key is for other RSASSA-PSS parameters (RFC 4055 §3.3)")


def _ec_key(algorithm: Der, data: bytes, hash_name: str, signature: bytes) -> ec.EllipticCurvePublicKey:
    """The key, once the signature is known to have the form of one on its curve."""
    curve, size = _CURVES.get(algorithm.object(), (None, 0))
    # Compressed with either sign, and uncompressed (SEC 1 §2.3.3).
    points = {2: size + 1, 3: size + 1, 4: 2 * size + 1}
    if curve is None or not algorithm.is_empty or points.get(data[0] if data else 0) != len(data):
        raise DerError("the ECDSA key is not of P-256, P-384 or P-521 (RFC 5480)")
    if isinstance(curve, ec.SECP521R1) and hash_name == "sha256":
        raise DerError("SHA-256 with P-521 is not accepted (RFC 5480 §4)")
    parts = Der.of_sequence(signature, "the ECDSA signature")
    numbers = [positive(parts.value(INTEGER)), positive(parts.value(INTEGER))]
    parts.end()
    if any(one is None or one.bit_length() > 8 * size for one in numbers):
        parts.refuse()
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, data)
    except ValueError:
        raise DerError("the ECDSA key is no point of its curve") from None


def check_signature(kind: SignatureKind, key: bytes, named: str | None, message: bytes, signature: bytes) -> None:
    """Raises DerError unless it holds under this SubjectPublicKeyInfo. `named`: the digest the surroundings name."""
    if kind.hash is not None and named is not None and kind.hash != named:
        raise DerError("a signature and its digest are a mixed pair")
    hash_name = kind.hash or named
    if hash_name is None:
        raise DerError("a signature names no digest")
    info = Der.of_sequence(key, "the public key")
    algorithm, bits = info.sequence(), info.value(BIT_STRING)
    info.end()
    if bits[:1] != b"\x00":
        info.refuse()
    loaded = _key_for(kind, algorithm, bits[1:], hash_name, signature)
    if not _holds(kind, loaded, _FUNCTIONS[hash_name], message, signature):
        raise DerError("the signature does not hold")


def _key_for(
    kind: SignatureKind, algorithm: Der, data: bytes, hash_name: str, signature: bytes
) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    found = algorithm.object()
    if kind.scheme == _ECDSA and found == _EC:
        return _ec_key(algorithm, data, hash_name, signature)
    if kind.scheme != _ECDSA and found == _RSA:
        if algorithm.value(NULL):
            algorithm.refuse()
        algorithm.end()
    elif kind.scheme == _PSS and found == _RSA_PSS:
        _check_pss_key(algorithm, kind)
    else:
        raise DerError("the key does not fit the signature algorithm")
    return _rsa_key(data)


def _holds(
    kind: SignatureKind,
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    function: hashes.HashAlgorithm,
    message: bytes,
    signature: bytes,
) -> bool:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(function))
        elif kind.scheme == _PSS:
            key.verify(signature, message, padding.PSS(padding.MGF1(function), kind.salt_bytes), function)
        else:
            key.verify(signature, message, padding.PKCS1v15(), function)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
