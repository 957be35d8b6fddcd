"""DSSE envelopes: the JSON at the edge and what a signature is over."""

from dataclasses import dataclass
from typing import Any

from .limits import ENVELOPE_JSON_BYTES_MAX, RECORD_PAYLOAD_BYTES_MAX, SIGNATURES_PER_RECORD_MAX
from .spelling import base64, unbase64, unhex
from .strict_json import compact, list_of, parse_strict, struct, text


class EnvelopeError(ValueError):
    """Why an envelope is refused."""


@dataclass(frozen=True)
class Signature:
    """One signature with the id of its key."""

    key_id: bytes
    data: bytes


@dataclass(frozen=True)
class Envelope:
    """Payload and signatures, kept byte for byte."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def message(self) -> bytes:
        """What every signature is over."""
        return pre_authentication_encoding(self.payload_type, self.payload)

    def to_json(self) -> str:
        lines = [{"keyid": one.key_id.hex(), "sig": base64(one.data)} for one in self.signatures]
        return compact({"payloadType": self.payload_type, "payload": base64(self.payload), "signatures": lines})

    def to_binary(self) -> bytes:
        """The form inside blocks; the payload type is not stored."""
        lines = b"".join(one.key_id + b"\x01" + one.data for one in self.signatures)
        return bytes([len(self.signatures)]) + lines + len(self.payload).to_bytes(4) + self.payload


_SHAPE = struct(
    {"payloadType": text, "payload": text, "signatures": list_of(struct({"keyid": text, "sig": text}))}
)


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """`DSSEv1 <length of type> <type> <length of payload> <payload>`."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _check_length(length: int) -> None:
    if length > ENVELOPE_JSON_BYTES_MAX:
        raise EnvelopeError(f"the envelope has {length} bytes, too many")


def _signature(index: int, line: dict[str, str]) -> Signature:
    key_id = unhex(line["keyid"]) if len(line["keyid"]) == 64 else None
    data = unbase64(line["sig"])
    if key_id is None or data is None or len(data) != 64:
        raise EnvelopeError(f"signature {index}: 'keyid' is 64 hexadecimal digits, 'sig' 64 bytes in base64")
    return Signature(key_id, data)


def envelope_of_value(value: Any, length: int, payload_type: str) -> Envelope:
    """Reads a parsed value; `length` is its text's in bytes. Raises EnvelopeError or StrictJsonError."""
    _check_length(length)
    raw = _SHAPE(value)
    if raw["payloadType"] != payload_type:
        raise EnvelopeError(f"the payload type is not {payload_type}")
    if not 1 <= len(raw["signatures"]) <= SIGNATURES_PER_RECORD_MAX:
        raise EnvelopeError(f"an envelope has 1 to {SIGNATURES_PER_RECORD_MAX} signatures")
    payload = unbase64(raw["payload"])
    if payload is None:
        raise EnvelopeError("'payload' is not canonical standard base64")
    if len(payload) > RECORD_PAYLOAD_BYTES_MAX:
        raise EnvelopeError(f"the payload has {len(payload)} bytes, too many")
    lines = (_signature(index, line) for index, line in enumerate(raw["signatures"]))
    return Envelope(payload_type, payload, tuple(lines))


def envelope_of_json(data: bytes, payload_type: str) -> Envelope:
    """Reads JSON bytes. Raises EnvelopeError or StrictJsonError."""
    _check_length(len(data))
    return envelope_of_value(parse_strict(data), len(data), payload_type)
