"""Building and signing records as one party.

    author = Author("91350100M000100Y43", SecretKey(seed), chain)
    record = author.record("project.registered/1", {"name": "道路改造"}, project="P-2026-000123").sign()
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .ed25519 import SecretKey
from .envelope import Envelope, Signature, pre_authentication_encoding
from .hashing import digest_of, digest_of_file, digest_text
from .names import identifier, key_id, public_key_text, record_type
from .record import RECORD_PAYLOAD_TYPE, Record, record_of_envelope
from .strict_json import compact

TOOL = "biaozheng-client-python/0.1.0"


class AuthorError(ValueError):
    """Why a draft cannot become a record: the caller's mistake, found before anything is sent."""


@dataclass(frozen=True)
class Author:
    """One who signs: an organisation, its key, and the chain the records are for."""

    org: str
    key: SecretKey
    chain: str
    tool: str = TOOL

    def __post_init__(self) -> None:
        if identifier(self.org) is None:
            raise AuthorError("an organisation is 1 to 64 of A-Z a-z 0-9 . _ : -, first a letter or digit")
        if digest_text(self.chain) is None:
            raise AuthorError("a chain is 'sha256:' and 64 lower-case digits")

    def record(
        self,
        record_type: str,
        body: Mapping[str, Any],
        *,
        project: str | None = None,
        previous: str | None = None,
        documents: Iterable[Mapping[str, Any]] = (),
    ) -> "Draft":
        """Starts a record of this type, such as `tender.published/1`."""
        return Draft(self, record_type, body, project, previous, list(documents))

    def party(self) -> dict[str, str]:
        return {"org": self.org, "key": public_key_text(self.key.public)}


@dataclass
class Draft:
    """A record that is not signed yet."""

    author: Author
    record_type: str
    body: Mapping[str, Any]
    project: str | None = None
    previous: str | None = None
    documents: list[Mapping[str, Any]] = field(default_factory=list)
    cosigners: list[Author] = field(default_factory=list)

    def document(self, reference: Mapping[str, Any]) -> "Draft":
        """Names a document; see `document` and `document_from_file`."""
        self.documents.append(reference)
        return self

    def cosign(self, cosigner: Author) -> "Draft":
        """Another who signs the same bytes, after the author, in the order of the calls."""
        self.cosigners.append(cosigner)
        return self

    def payload(self, made_at_ms: int) -> bytes:
        """The bytes that are signed. Members stand in the format's order, absent ones are left out."""
        members: dict[str, Any] = {"chain": self.author.chain, "type": self.record_type, "author": self.author.party()}
        if self.cosigners:
            members["cosigners"] = [one.party() for one in self.cosigners]
        optional = {"project": self.project, "previous": self.previous}
        members |= {name: value for name, value in optional.items() if value is not None}
        members |= {"made_at_ms": made_at_ms, "tool": self.author.tool}
        if self.documents:
            names = ("name", "digest", "size", "media_type")
            members["documents"] = [{name: one[name] for name in names} for one in self.documents]
        members["body"] = _json_data(self.body)
        return compact(members).encode()

    def sign(self, made_at_ms: int | None = None) -> Record:
        """Signs. The time is the author's own clock: evidence, not an input of any rule. Raises AuthorError."""
        for one in self.cosigners:
            if one.chain != self.author.chain:
                raise AuthorError(f"a cosigner signs for chain {one.chain}, the author for {self.author.chain}")
        if record_type(self.record_type) is None:
            raise AuthorError("a record type is dotted lower-case words and a version, such as tender.published/1")
        try:
            payload = self.payload(clock() if made_at_ms is None else made_at_ms)
            message = pre_authentication_encoding(RECORD_PAYLOAD_TYPE, payload)
            signers = [self.author, *self.cosigners]
            lines = tuple(Signature(key_id(one.key.public), one.key.sign(message)) for one in signers)
            return record_of_envelope(Envelope(RECORD_PAYLOAD_TYPE, payload, lines))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise AuthorError(str(error)) from error


def _json_data(value: Any) -> Any:
    """The value where it is JSON data. Python's encoder would turn numbers as names and tuples into others silently."""
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise TypeError("the body is not JSON data: a member's name is not a text")
        return {name: _json_data(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_json_data(one) for one in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"the body is not JSON data without fractions: {type(value).__name__}")


def clock() -> int:
    """This machine's clock in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def document(name: str, content: bytes, media_type: str) -> dict[str, Any]:
    """Names a document by its content."""
    return {"name": name, "digest": digest_of(content), "size": len(content), "media_type": media_type}


def document_from_file(path: Path | str, media_type: str) -> dict[str, Any]:
    """Names a file by its content, which is read in pieces."""
    digest, size = digest_of_file(path)
    return {"name": Path(path).name, "digest": digest, "size": size, "media_type": media_type}
