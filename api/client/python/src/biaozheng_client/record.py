"""A record: an envelope whose payload was read. Its id is SHA-256 of DSSE's pre-authentication encoding."""

import re
from dataclasses import dataclass
from typing import Any

from .ed25519 import verify
from .envelope import Envelope, envelope_of_json, envelope_of_value
from .hashing import digest_of, digest_text
from .limits import (
    DOCUMENT_NAME_BYTES_MAX,
    DOCUMENTS_PER_RECORD_MAX,
    RECORD_PAYLOAD_BYTES_MAX,
    SIGNATURES_PER_RECORD_MAX,
    TOOL_BYTES_MAX,
)
from .names import identifier, key_id, public_key, record_type
from .spelling import has_control, utf8_length
from .strict_json import Optional, an_object, list_or_absent, parse_strict, parsed, struct, text, unsigned

RECORD_PAYLOAD_TYPE = "application/vnd.biaozheng.record+json"


class RecordError(ValueError):
    """Why an envelope is no record."""


_DIGEST = parsed(digest_text, "'sha256:' and 64 digits")
_ORG = parsed(identifier, "an identifier")
_PARTY = struct({"org": _ORG, "key": parsed(public_key, "'ed25519:' and base64")})
_DOCUMENT = struct({"name": text, "digest": _DIGEST, "size": unsigned, "media_type": text})
_SHAPE = struct(
    {
        "chain": _DIGEST,
        "type": parsed(record_type, "a record type"),
        "author": _PARTY,
        "cosigners": list_or_absent(_PARTY),
        "project": Optional(_ORG),
        "previous": Optional(_DIGEST),
        "made_at_ms": unsigned,
        "tool": text,
        "documents": list_or_absent(_DOCUMENT),
        "body": an_object,
    }
)
_PRINTABLE = re.compile(r"[\x20-\x7e]*", re.ASCII)


@dataclass(frozen=True)
class Record:
    """An envelope with its id and what it says. Its form was checked; its signatures only by `why_unsigned`."""

    id: str
    envelope: Envelope
    payload: dict[str, Any]

    @property
    def signers(self) -> list[dict[str, Any]]:
        """Author, then cosigners: `org`, and `key` in 32 bytes."""
        return [self.payload["author"], *self.payload["cosigners"]]

    def why_unsigned(self, chain: str) -> str | None:
        """``None`` when the record is of this chain and every signature holds, else why not."""
        if self.payload["chain"] != chain:
            return f"the record is for chain {self.payload['chain']}, this is {chain}"
        message = self.envelope.message()
        for index, (signer, line) in enumerate(zip(self.signers, self.envelope.signatures, strict=True)):
            if not verify(signer["key"], message, line.data):
                return f"signature {index}: does not match the key and the message"
        return None


def _printable(value: str, least: int, most: int) -> bool:
    return least <= len(value) <= most and _PRINTABLE.fullmatch(value) is not None


def _plain_name(name: str) -> bool:
    plain = name not in ("", ".", "..") and "/" not in name and "\\" not in name
    return plain and not has_control(name) and utf8_length(name) <= DOCUMENT_NAME_BYTES_MAX


def read_payload(data: bytes) -> dict[str, Any]:
    """Reads the bytes as signed, strictly. Raises RecordError or StrictJsonError."""
    if len(data) > RECORD_PAYLOAD_BYTES_MAX:
        raise RecordError(f"the payload has {len(data)} bytes, at most {RECORD_PAYLOAD_BYTES_MAX} fit")
    payload: dict[str, Any] = _SHAPE(parse_strict(data))
    keys = [one["key"] for one in (payload["author"], *payload["cosigners"])]
    if len(keys) > SIGNATURES_PER_RECORD_MAX:
        raise RecordError(f"at most {SIGNATURES_PER_RECORD_MAX} people sign a record")
    if len(set(keys)) != len(keys):
        raise RecordError("the same key signs twice")
    if not _printable(payload["tool"], 1, TOOL_BYTES_MAX):
        raise RecordError("'tool' is 1 to 64 printable ASCII characters")
    if len(payload["documents"]) > DOCUMENTS_PER_RECORD_MAX:
        raise RecordError(f"a record names at most {DOCUMENTS_PER_RECORD_MAX} documents")
    for one in payload["documents"]:
        media_type = one["media_type"]
        if not (_plain_name(one["name"]) and _printable(media_type, 3, 127) and "/" in media_type):
            raise RecordError("a document has a plain file name and a media type such as application/pdf")
    return payload


def record_of_envelope(envelope: Envelope) -> Record:
    """Reads the payload and compares the signers. Raises RecordError or StrictJsonError."""
    payload = read_payload(envelope.payload)
    record = Record(digest_of(envelope.message()), envelope, payload)
    named, given = len(record.signers), len(envelope.signatures)
    if named != given:
        raise RecordError(f"the payload names {named} signers, the envelope has {given}")
    for index, (signer, line) in enumerate(zip(record.signers, envelope.signatures, strict=True)):
        if key_id(signer["key"]) != line.key_id:
            raise RecordError(f"signature {index} is by another key")
    return record


def record_of_json(data: bytes) -> Record:
    """Reads a record's DSSE JSON. Signatures are not looked at. Raises ValueError."""
    return record_of_envelope(envelope_of_json(data, RECORD_PAYLOAD_TYPE))


def record_of_value(value: Any, length: int) -> Record:
    """Reads a parsed value whose text has `length` bytes."""
    return record_of_envelope(envelope_of_value(value, length, RECORD_PAYLOAD_TYPE))
