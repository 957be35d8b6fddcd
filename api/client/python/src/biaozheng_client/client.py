"""A node's HTTP interface, one method a route. `api/openapi.json` is the contract.

Reads and submissions are tried again while a fault is temporary. A record is accepted once by its id, so sending the
very same bytes again is safe.
"""

import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from .envelope import Envelope
from .errors import ClientError, NotFound, Pending, Unexpected
from .events import BlockStream
from .hashing import digest_of
from .record import Record
from .transport import Call, Patience, Transport

Wait = Literal["receipt", "committed", "certificate"]
_STAGES = {"received": 0, "committed": 1, "certified": 2}
_NEEDED = {"receipt": 0, "committed": 1, "certificate": 2}
#: How much longer than the node waits the client waits for its answer.
_WAIT_GRACE_S = 5
#: Longest single wait asked of a node.
_WAIT_MAX_S = 25


@dataclass(frozen=True)
class Submission:
    """The answer to a submission: a receipt, or the block in which the record stood already.

    The receipt is the node's signed promise; see `verify.check_receipt`. Of a record that stands, nothing is promised.
    """

    record: str
    stage: str
    receipt: dict[str, Any] | None
    certificate: dict[str, Any] | None
    #: Where the record stood already when it was submitted: `height`, `time_ms`, `position`.
    block: dict[str, Any] | None = None

    def reached(self, wait: Wait) -> bool:
        """True when the record has come as far as was waited for."""
        return _STAGES.get(self.stage, 0) >= _NEEDED[wait]


class Client:
    """A node's client. Holds no connection and may be shared between threads."""

    def __init__(
        self,
        base_url: str,
        *,
        patience: Patience | None = None,
        timeout_s: float = 30,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._transport = Transport(base_url, tls)
        self._patience = patience or Patience()
        self._timeout_s = timeout_s

    @property
    def base_url(self) -> str:
        return self._transport.base

    # Records

    def submit(
        self, record: Record | Envelope, wait: Wait = "certificate", patience: Patience | None = None
    ) -> Submission:
        """Submits until the record has come as far as `wait` asks.

        May fall short of `wait` when patience ends after a receipt: see `Submission.reached`. Raises ClientError: at
        once for what another try cannot change, such as `Refused`, else the last fault when patience ends.
        """
        envelope = record.envelope if isinstance(record, Record) else record
        expected = digest_of(envelope.message())
        patience = patience or self._patience
        best: Submission | None = None
        started, pause = time.monotonic(), patience.pause_first_s
        while True:
            asked = None
            try:
                left = patience.total_s - (time.monotonic() - started)
                earlier, best = best, self._submit_once(envelope, expected, wait, max(left, 0))
                if best.receipt is None and earlier is not None:
                    # Once the record stands the node gives no receipt any more; that of an earlier try is kept.
                    best = replace(best, receipt=earlier.receipt)
                if best.reached(wait):
                    return best
            except ClientError as error:
                if not error.is_temporary:
                    raise
                fault, asked = error, error.retry_after_s
            next_s = pause if asked is None else asked
            if time.monotonic() - started + next_s >= patience.total_s:
                if best is None:
                    raise fault
                return best  # A receipt outlives a later fault.
            time.sleep(next_s)
            pause = min(pause * 2, patience.pause_max_s)

    def _submit_once(self, envelope: Envelope, expected: str, wait: Wait, left_s: float) -> Submission:
        waits_s = min(left_s, _WAIT_MAX_S)
        query: list[tuple[str, str]] = [("wait", wait)]
        timeout_s = self._timeout_s
        if wait != "receipt":
            query.append(("timeout_ms", str(int(waits_s * 1000))))
            timeout_s = waits_s + _WAIT_GRACE_S
        body = envelope.to_json().encode()
        answer = self._object(Call("POST", ("v1", "records"), tuple(query), body, timeout_s))
        if answer.get("record") != expected:
            raise Unexpected(f"{self.base_url} answered about record {answer.get('record')!r}, not {expected}")
        receipt, certificate = answer.get("receipt"), answer.get("certificate")
        stage, block = str(answer.get("stage", "received")), answer.get("block")
        promised = isinstance(receipt, dict) and block is None
        stands = receipt is None and isinstance(block, dict) and _STAGES.get(stage, 0) >= _NEEDED["committed"]
        if not (promised or stands) or not isinstance(certificate, dict | None):
            raise Unexpected(f"{self.base_url} answered with neither a receipt nor the block the record stands in")
        return Submission(expected, stage, receipt, certificate, block)

    def record(self, record_id: str) -> dict[str, Any]:
        """State, place and, where it is public, the envelope."""
        return self._get("v1", "records", record_id)

    def certificate(self, record_id: str) -> bytes:
        """The certificate byte for byte. Raises `Pending` while the record waits for its checkpoint."""
        return self._bytes("v1", "records", record_id, "certificate")

    def wait_for_certificate(self, record_id: str, patience: Patience | None = None) -> bytes:
        """The certificate as soon as there is one. Raises `Pending` when patience ends before."""
        patience = patience or self._patience
        started, pause = time.monotonic(), patience.pause_first_s
        while True:
            try:
                return self.certificate(record_id)
            except (Pending, NotFound) as error:
                # The node asked may not have heard of a record that another one received.
                wait = pause if error.retry_after_s is None else error.retry_after_s
                if time.monotonic() - started + wait >= patience.total_s:
                    raise
            time.sleep(wait)
            pause = min(pause * 2, patience.pause_max_s)

    # Projects, participants, rulebooks

    def projects(self) -> Iterator[dict[str, Any]]:
        """All projects in the order of their ids, page after page."""
        return self._pages("v1", "projects")

    def project(self, project_id: str) -> dict[str, Any]:
        """Stage, terms, lots; bids only after the opening."""
        return self._get("v1", "projects", project_id)

    def project_heads(self, project_id: str) -> dict[str, Any]:
        """What the project's next record must name as `previous`."""
        return self._get("v1", "projects", project_id, "heads")

    def project_records(self, project_id: str) -> Iterator[dict[str, Any]]:
        """A project's public records in the order of the chain, page after page."""
        return self._pages("v1", "projects", project_id, "records")

    def participants(self) -> Iterator[dict[str, Any]]:
        return self._pages("v1", "participants")

    def participant(self, org: str) -> dict[str, Any]:
        """Roles and keys."""
        return self._get("v1", "participants", org)

    def rulebook(self, digest: str) -> str:
        """A rulebook's text exactly as published; its digest is compared."""
        text = self._bytes("v1", "rulebooks", digest)
        if digest_of(text) != digest:
            raise Unexpected(f"the text of rulebook {digest} has another digest")
        return _text(text)

    # The chain

    def blocks(self) -> Iterator[dict[str, Any]]:
        """Blocks from the first on, page after page."""
        return self._pages("v1", "blocks")

    def block(self, height: int) -> dict[str, Any]:
        """Header and the ids of its records."""
        return self._get("v1", "blocks", str(height))

    def checkpoint(self) -> str:
        """The newest cosigned checkpoint, a C2SP signed note."""
        return _text(self._bytes("v1", "checkpoint"))

    def consistency(self, from_size: int, to_size: int) -> dict[str, Any]:
        """The proof that the tree of `to_size` leaves continues the one of `from_size`."""
        return self._get("v1", "consistency", query=(("from", str(from_size)), ("to", str(to_size))))

    def genesis(self) -> bytes:
        """The genesis. Trust it only after comparing its chain (`verify.genesis_of`) with a known one."""
        return self._bytes("v1", "genesis")

    def policy(self) -> str:
        """The C2SP policy. Hand it to verifiers by a way that does not pass this node."""
        return _text(self._bytes("v1", "policy"))

    def status(self) -> dict[str, Any]:
        """Where this node and, as far as it sees, the chain stand."""
        return self._get("v1", "status")

    def events(self, after: int | None = None, patience: Patience | None = None) -> BlockStream:
        """Blocks after a height, or from the newest on, then as they are committed. Reconnects and misses none."""
        start = self.status()["height"] if after is None else after
        return BlockStream(self._transport, start, patience or self._patience)

    # Exchanges

    def _bytes(self, *path: str, query: tuple[tuple[str, str], ...] = ()) -> bytes:
        call = Call("GET", path, query, timeout_s=self._timeout_s)
        return self._patience.attempt(lambda _left: self._transport.bytes(call))

    def _get(self, *path: str, query: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
        return _object(self._bytes(*path, query=query), self._transport.base + Call("GET", path).target(""))

    def _object(self, call: Call) -> dict[str, Any]:
        return _object(self._transport.bytes(call), self._transport.base + call.target(""))

    def _pages(self, *path: str) -> Iterator[dict[str, Any]]:
        query: tuple[tuple[str, str], ...] = ()
        while True:
            page = self._get(*path, query=query)
            items, after = page.get("items"), page.get("next")
            if not isinstance(items, list) or not isinstance(after, str | None):
                raise Unexpected(f"unexpected answer from {self.base_url}: no page at {'/'.join(path)}")
            yield from items
            if after is None or query == (("after", after),):
                return
            query = (("after", after),)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unexpected("the answer is not UTF-8") from error


def _object(data: bytes, url: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unexpected(f"unexpected answer from {url}: {error}") from error
    if not isinstance(value, dict):
        raise Unexpected(f"unexpected answer from {url}: not an object")
    return value
