"""The certificate and its steps, in order; a run stops at the first that fails.

Names of steps and verdicts are those of `biaozheng-verify`. Nothing here touches network, disk or clock.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from ..hashing import digest_text
from ..limits import CERTIFICATE_BYTES_MAX, U32_MAX, WITNESSES_PER_CERTIFICATE_MAX
from ..record import Record, record_of_json, record_of_value
from ..strict_json import (
    anything,
    compact_length,
    list_or_absent,
    parse_strict,
    parsed,
    struct,
    text,
    unsigned,
    up_to,
)
from .checkpoint import TlogProof, tlog_proof_of_text
from .merkle import leaf_hash, log_entry, why_not_included
from .note import COSIGNATURE_V1, NoteKey, note_key_of_text
from .policy import Cosigned, NotCosigned, Policy, policy_of_text
from .trust import trust_of_policy

CERTIFICATE_FORMAT = "biaozheng-certificate/1"
STEPS = ("record", "chain", "signatures", "checkpoint", "inclusion", "time", "anchor", "document")
Verdict = Literal["valid", "not_anchored", "invalid", "content_differs", "no_trust_anchor", "unusable"]
_SHAPE = struct(
    {
        "format": text,
        "record": parsed(digest_text, "'sha256:' and 64 digits"),
        "envelope": anything,
        "block": struct({"height": unsigned, "time_ms": unsigned, "position": up_to(U32_MAX)}),
        "proof": text,
        "policy": text,
        "genesis_remainder": text,
        "witnesses": list_or_absent(text),
    }
)


class Unusable(ValueError):
    """An input that cannot be judged: nothing is said about the evidence."""


@dataclass(frozen=True)
class Document:
    """Digest and size of a document's content."""

    digest: str
    size: int


@dataclass(frozen=True)
class Expectations:
    """What the verifier brings along, none of it taken from the certificate."""

    policy: str | None = None
    chain: str | None = None
    envelope: bytes | None = None
    document: Document | None = None


@dataclass(frozen=True)
class Step:
    name: str
    outcome: Literal["passed", "skipped", "failed"]
    detail: str


@dataclass(frozen=True)
class Judgement:
    """The verdict with every step up to the first that failed. The chain and the place are given only when proven."""

    verdict: Verdict
    failed_step: str | None
    reason: str | None
    steps: tuple[Step, ...] = ()
    chain: str | None = None
    anchored: bool = False
    record: Record | None = None
    certificate: dict[str, Any] | None = None

    @property
    def is_valid(self) -> bool:
        """True only where every step holds, with an anchor of the verifier's own."""
        return self.verdict == "valid"

    @property
    def exit_code(self) -> int:
        return {"valid": 0, "not_anchored": 0, "invalid": 1, "content_differs": 1}.get(self.verdict, 2)


class _Stop(Exception):
    pass


def read_certificate(data: bytes) -> dict[str, Any]:
    """Reads a certificate strictly; raises Unusable."""
    if len(data) > CERTIFICATE_BYTES_MAX:
        raise Unusable(f"the file has more than {CERTIFICATE_BYTES_MAX} bytes")
    try:
        certificate: dict[str, Any] = _SHAPE(parse_strict(data))
    except ValueError as error:
        raise Unusable(f"not a certificate: {error}") from error
    if certificate["format"] != CERTIFICATE_FORMAT:
        raise Unusable("the certificate format is unknown; use a newer verifier")
    if len(certificate["witnesses"]) > WITNESSES_PER_CERTIFICATE_MAX:
        raise Unusable(f"at most {WITNESSES_PER_CERTIFICATE_MAX} outside witnesses")
    return certificate


@dataclass
class _Run:
    certificate: dict[str, Any]
    policy: Policy | None
    chain: str | None
    given: Record | None
    document: Document | None
    steps: list[Step] = field(default_factory=list)
    record: Record | None = None
    found_chain: str | None = None

    def passed(self, step: str, detail: str) -> None:
        self.steps.append(Step(step, "passed", detail))

    def skipped(self, step: str, detail: str) -> None:
        self.steps.append(Step(step, "skipped", detail))

    def fail(self, step: str, detail: str) -> NoReturn:
        self.steps.append(Step(step, "failed", detail))
        raise _Stop

    def record_step(self) -> None:
        named, envelope, inside = self.certificate["record"], self.certificate["envelope"], None
        if envelope is not None:
            try:
                inside = record_of_value(envelope, compact_length(envelope))
            except ValueError as error:
                self.fail("record", str(error))
        for one in (inside, self.given):
            if one is not None and one.id != named:
                self.fail("record", f"the envelope is record {one.id}, not {named}")
        if inside is not None and self.given is not None and inside.envelope != self.given.envelope:
            self.fail("record", "the envelope you gave has other signatures than the certificate's")
        self.record = inside or self.given
        if self.record is None:
            self.skipped("record", f"the body is not public; this certificate is for the digest {named}")
        else:
            payload = self.record.payload
            self.passed("record", f"{named}, {payload['type']} by {payload['author']['org']}")

    def chain_step(self) -> None:
        policy = policy_of_text(self.certificate["policy"])
        remainder = digest_text(self.certificate["genesis_remainder"])
        if policy is None:
            self.fail("chain", "the policy cannot be read")
        if policy.text != self.certificate["policy"]:
            self.fail("chain", "the policy is not in its one canonical form")
        if remainder is None:
            self.fail("chain", "the genesis remainder is not a digest")
        found = trust_of_policy(policy)
        if found is None:
            self.fail("chain", "the policy is not one a Biaozheng genesis makes")
        trust, origin = found
        chain = trust.chain_id(remainder)
        if origin.chain != chain:
            self.fail("chain", f"policy and genesis make chain {chain}, the log is of {origin.chain}")
        self.found_chain, self.own_policy = chain, policy
        self.passed("chain", f"{chain}, log '{origin.text}'")

    def signatures_step(self) -> None:
        if self.record is None:
            self.skipped("signatures", "the body is not public, so its signatures are not in this file")
            return
        why = self.record.why_unsigned(self.found_chain or "")
        if why is not None:
            self.fail("signatures", why)
        names = [one["org"] for one in self.record.signers]
        self.passed("signatures", f"{len(names)} of {len(names)}: {', '.join(names)}")

    def checkpoint_step(self) -> tuple[TlogProof, Cosigned]:
        proof = tlog_proof_of_text(self.certificate["proof"])
        if proof is None:
            self.fail("checkpoint", "not a c2sp.org/tlog-proof@v1 with a signed checkpoint")
        try:
            cosigned = self.own_policy.cosigned(proof.note)
        except NotCosigned as error:
            self.fail("checkpoint", str(error))
        outside = self.outside_witnesses(proof)
        foreign = self.own_policy.first_foreign_line(proof.note, outside)
        if foreign is not None:
            self.fail("checkpoint", f"signature line {foreign} is not a valid one by a key of the policy")
        names = [one.name for one in cosigned.cosigners]
        known, size = len(self.own_policy.witnesses), cosigned.checkpoint.size
        beside = ", ".join(key.name for key in outside)
        more = f"; beside them, by the keys in this file: {beside}" if beside else ""
        self.passed("checkpoint", f"{len(names)} of {known} cosigners: {', '.join(names)}; tree of {size}{more}")
        return proof, cosigned

    def outside_witnesses(self, proof: TlogProof) -> list[NoteKey]:
        """Their keys: each of one spelling, none one of the policy, each with its line."""
        outside: list[NoteKey] = []
        for spelled in self.certificate["witnesses"]:
            key = note_key_of_text(spelled)
            if key is None or key.algorithm != COSIGNATURE_V1:
                self.fail("checkpoint", "an outside witness's key text is not one of a cosigner")
            known = [*(one.key for one in self.own_policy.witnesses), *outside]
            if any(other.key == key.key for other in known):
                self.fail("checkpoint", f"outside witness '{key.name}' stands twice")
            if proof.note.find_valid(key) is None:
                self.fail("checkpoint", f"outside witness '{key.name}' has no valid line in the checkpoint")
            outside.append(key)
        return outside

    def inclusion_step(self, proof: TlogProof, cosigned: Cosigned) -> None:
        block, tree = self.certificate["block"], cosigned.checkpoint
        entry = log_entry(self.certificate["record"], block["height"], block["time_ms"], block["position"])
        why = why_not_included(leaf_hash(entry), proof.index, tree.size, proof.path, tree.root)
        if why is not None:
            self.fail("inclusion", why)
        place = f"block {block['height']}, record {block['position']} of it"
        self.passed("inclusion", f"leaf {proof.index} of {tree.size}, {place}")

    def time_step(self, cosigned: Cosigned) -> None:
        block = self.certificate["block"]["time_ms"] // 1000
        for one in cosigned.cosigners:
            if one.time < block:
                self.fail("time", f"'{one.name}' cosigned at {one.time} s, before the block's {block} s")
        self.passed("time", f"block {block} s, cosigned not before it")

    def anchor_step(self, proof: TlogProof) -> None:
        if self.chain is not None and self.chain != self.found_chain:
            self.fail("anchor", f"this is chain {self.found_chain}, you expected {self.chain}")
        if self.policy is None and self.chain is None:
            self.skipped("anchor", f"no policy or chain was given; compare {self.found_chain} with a copy of yours")
        elif self.policy is None:
            self.passed("anchor", "the chain is the one you named")
        elif self.policy == self.own_policy:
            self.passed("anchor", "your policy is the very one of the certificate")
        else:
            try:
                cosigned = self.policy.cosigned(proof.note)
            except NotCosigned as error:
                self.fail("anchor", f"under your policy: {error}")
            names = ", ".join(one.name for one in cosigned.cosigners)
            self.passed("anchor", f"your policy's quorum is reached by {names}")

    def document_step(self) -> None:
        if self.document is None:
            self.skipped("document", "no document was given")
            return
        if self.record is None:
            self.fail("document", "the record's body is not in reach, so its documents are not known")
        for one in self.record.payload["documents"]:
            if one["digest"] == self.document.digest and one["size"] == self.document.size:
                self.passed("document", f"{self.document.digest} is '{one['name']}' of the record")
                return
        self.fail("document", f"content differs: no document of the record has {self.document.digest}")

    def all(self) -> None:
        self.record_step()
        self.chain_step()
        self.signatures_step()
        proof, cosigned = self.checkpoint_step()
        self.inclusion_step(proof, cosigned)
        self.time_step(cosigned)
        self.anchor_step(proof)
        self.document_step()

    def verdict(self, failed: str | None, require_anchor: bool) -> Verdict:
        if failed == "record" and self.given is not None and self.given.id != self.certificate["record"]:
            return "content_differs"
        if failed == "document":
            unknown = self.certificate["envelope"] is None and self.given is None
            return "unusable" if unknown else "content_differs"
        if failed is not None:
            return "invalid"
        if self.policy is not None or self.chain is not None:
            return "valid"
        return "no_trust_anchor" if require_anchor else "not_anchored"


def _prepare(data: bytes, expected: Expectations) -> _Run:
    policy = None if expected.policy is None else policy_of_text(expected.policy)
    if expected.policy is not None and policy is None:
        raise Unusable("the policy you gave cannot be read")
    if policy is not None and not policy.needs_cosigners:
        raise Unusable("the policy says 'quorum none': it is no trust anchor")
    if expected.chain is not None and digest_text(expected.chain) is None:
        raise Unusable("a chain is 'sha256:' and 64 lower-case digits")
    certificate = read_certificate(data)
    try:
        given = None if expected.envelope is None else record_of_json(expected.envelope)
    except ValueError as error:
        raise Unusable(f"the envelope file is not a record's: {error}") from error
    return _Run(certificate, policy, expected.chain, given, expected.document)


def judge(data: bytes, expected: Expectations | None = None, *, require_anchor: bool = False) -> Judgement:
    """Judges the bytes of a certificate, step by step."""
    try:
        run = _prepare(data, expected or Expectations())
    except Unusable as error:
        return Judgement("unusable", None, str(error))
    with suppress(_Stop):
        run.all()
    last = run.steps[-1]
    failed = last.name if last.outcome == "failed" else None
    verdict = run.verdict(failed, require_anchor)
    reason = last.detail if failed is not None else None
    shown = None if verdict == "unusable" else failed
    proven = failed is None
    return Judgement(
        verdict,
        shown,
        reason,
        tuple(run.steps),
        run.found_chain,
        proven and verdict == "valid",
        run.record if proven else None,
        run.certificate if proven else None,
    )
