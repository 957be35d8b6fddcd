"""The way from a certificate's checkpoint up through parent chains, and the timestamps over it.

Invariant: each level is a whole certificate, verified as one; the list is flat and short, so no depth grows. A token
that does not hold fails the certificate; one that holds under nobody's trust is unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..hashing import digest_bytes, digest_text, sha256
from ..limits import MERKLE_PATH_MAX
from ..record import Record
from ..strict_json import StrictJsonError, list_or_absent, parsed, struct, text
from .checkpoint import Checkpoint
from .der import DerError
from .merkle import is_consistent
from .note import Note, note_of_text
from .policy import NotCosigned, Policy
from .policy_history import OutOfTime
from .timestamp import judge_token

if TYPE_CHECKING:
    from .steps import Run

ANCHORED_TYPE = "checkpoint.anchored/1"
_DIGEST = parsed(digest_text, "'sha256:' and 64 digits")
_ANCHORED = struct({"chain": _DIGEST, "checkpoint": text, "consistency": list_or_absent(_DIGEST)})


@dataclass(frozen=True)
class Level:
    """What is known of a certificate once its steps about the ledger passed."""

    chain: str
    policy: Policy
    note: Note
    checkpoint: Checkpoint
    record: Record | None
    block: dict[str, int]


def timestamp_steps(run: "Run", note: Note) -> None:
    """Reports every token of the certificate. It is over the note's text, signatures left out."""
    digest = sha256(note.text.encode())
    for token in run.certificate["timestamps"]:
        try:
            found = judge_token(token, digest, run.brought.authorities)
        except DerError as error:
            run.fail("timestamp", str(error))
        seen = f"{found.time_ms} ms by '{found.authority}', serial {found.serial}"
        if found.anchor is None:
            run.unknown("timestamp", f"{seen}, issued by '{found.issuer}', which is none of the authorities you trust")
        else:
            run.dates(found.time_ms)
            run.passed("timestamp", f"{seen}, under your '{found.anchor}'")


def _parent_step(run: "Run", number: int, certificate: dict[str, Any], inner: "Run", chains: list[str]) -> Level:
    """The parent's certificate, as a certificate of its own."""
    failed = next((one for one in inner.steps if one.outcome == "failed"), None)
    if failed is not None:
        run.fail("parent", f"level {number}: {failed.name}: {failed.detail}")
    level = inner.level
    if level is None or level.record is None:
        run.fail("parent", f"level {number}: the anchoring record is not in its certificate")
    if level.chain in chains:
        run.fail("parent", f"level {number}: chain {level.chain} stands below itself")
    place = f"block {level.block['height']} at {level.block['time_ms']} ms"
    run.passed("parent", f"level {number}: {certificate['record']} is in {level.chain}, {place}")
    # A timestamp above this checkpoint is one of it too: the anchoring record is under that root.
    run.steps += [one for one in inner.steps if one.name == "timestamp"]
    if inner.dated_ms is not None:
        run.dates(inner.dated_ms)
    return level


def _anchored_step(run: "Run", number: int, level: Level, below: Level) -> Checkpoint:
    """What the anchoring record says: the anchored checkpoint, signed by the quorum of the chain below."""
    payload = {} if level.record is None else level.record.payload
    if payload.get("type") != ANCHORED_TYPE:
        run.fail("anchored", f"level {number}: the record is a {payload.get('type')}")
    try:
        body = _ANCHORED(payload["body"])
    except StrictJsonError as error:
        run.fail("anchored", f"level {number}: the record's body is not an anchored checkpoint: {error}")
    if body["chain"] != below.chain:
        run.fail("anchored", f"level {number}: it anchors chain {body['chain']}")
    note = note_of_text(body["checkpoint"])
    if note is None:
        run.fail("anchored", f"level {number}: the anchored checkpoint is no signed note")
    try:
        anchored = below.policy.cosigned(note).checkpoint
    except NotCosigned as error:
        run.fail("anchored", f"level {number}: {error}")
    if anchored.origin != below.checkpoint.origin:
        run.fail("anchored", f"level {number}: it is of log '{anchored.origin.text}'")
    run.passed("anchored", f"level {number}: tree of {anchored.size}, by {payload['author']['org']}")
    return anchored


def _consistency_step(run: "Run", number: int, own: Checkpoint, anchored: Checkpoint, path: list[str]) -> None:
    """The tree below is the beginning of the anchored one."""
    said = f"the tree of {own.size} is the beginning of that of {anchored.size}"
    hashes = [digest_bytes(one) for one in path]
    short = len(hashes) <= MERKLE_PATH_MAX + 1
    if not short or not is_consistent(own.size, anchored.size, hashes, own.root, anchored.root):
        run.fail("consistency", f"level {number}: the proof does not show that {said}")
    run.passed("consistency", f"level {number}: {said}")


def _what_trusts(run: "Run", level: Level, number: int) -> str | None:
    """What is trusted about a level, where the verifier asked for a parent and this is it."""
    brought = run.brought
    if not brought.asks_parent or brought.parent_chain not in (None, level.chain):
        return None
    seen = "the one you named"
    if brought.parent_policies is not None:
        try:
            seen = brought.parent_policies.judge(level.note, level.block["height"], run.dated_ms)
        except OutOfTime:
            return None
    return f"parent chain {level.chain} at level {number} anchors this one: {seen}"


def parent_steps(run: "Run", below: Level, verify_alone: Callable[[dict[str, Any]], "Run"]) -> str | None:
    """Verifies every level; gives what the trusted parent is, where one of them is the expected."""
    trusted, chains = None, [below.chain]
    for number, anchor in enumerate(run.certificate["anchors"], 1):
        certificate = anchor["certificate"]
        level = _parent_step(run, number, certificate, verify_alone(certificate), chains)
        anchored = _anchored_step(run, number, level, below)
        _consistency_step(run, number, below.checkpoint, anchored, anchor["consistency"])
        if trusted is None:
            trusted = _what_trusts(run, level, number)
            if trusted is not None:
                # A block time of the chain that is trusted; those of the levels below are only claims.
                run.dates(level.block["time_ms"])
        chains.append(level.chain)
        below = level
    return trusted
