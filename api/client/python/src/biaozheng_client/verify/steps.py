"""How a certificate is verified, step by step: each method looks at one thing and reports it.

Invariant: a step either proves its claim or stops the run. `record`, `signatures`, `anchor` and `document` can be
skipped and a `timestamp` can be unknown, and each says why.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from ..hashing import digest_text
from ..record import Record, record_of_value
from ..strict_json import compact_length
from .anchors import Level, parent_steps, timestamp_steps
from .checkpoint import TlogProof, tlog_proof_of_text
from .expectations import Brought
from .merkle import leaf_hash, log_entry, why_not_included
from .note import COSIGNATURE_V1, Note, NoteKey, note_key_of_text
from .policy import Cosigned, NotCosigned, Policy, policy_of_text
from .policy_history import OutOfTime
from .trust import trust_of_policy


@dataclass(frozen=True)
class Step:
    name: str
    outcome: Literal["passed", "skipped", "failed", "unknown"]
    detail: str


class Stop(Exception):
    """A step failed and was reported; nothing after it is looked at."""


@dataclass
class Run:
    """One verification under way."""

    certificate: dict[str, Any]
    brought: Brought
    steps: list[Step] = field(default_factory=list)
    record: Record | None = None
    found_chain: str | None = None
    # The earliest time somebody trusted from outside the chain vouches for, Unix milliseconds.
    dated_ms: int | None = None
    # Set once every step passed.
    level: Level | None = None

    def passed(self, step: str, detail: str) -> None:
        self.steps.append(Step(step, "passed", detail))

    def dates(self, time_ms: int) -> None:
        """Somebody trusted says that the checkpoint existed at this time."""
        self.dated_ms = time_ms if self.dated_ms is None else min(time_ms, self.dated_ms)

    def unknown(self, step: str, detail: str) -> None:
        self.steps.append(Step(step, "unknown", detail))

    def skipped(self, step: str, detail: str) -> None:
        self.steps.append(Step(step, "skipped", detail))

    def fail(self, step: str, detail: str) -> NoReturn:
        self.steps.append(Step(step, "failed", detail))
        raise Stop

    def record_step(self) -> None:
        named, envelope, inside = self.certificate["record"], self.certificate["envelope"], None
        if envelope is not None:
            try:
                inside = record_of_value(envelope, compact_length(envelope))
            except ValueError as error:
                self.fail("record", str(error))
        given = self.brought.given
        for one in (inside, given):
            if one is not None and one.id != named:
                self.fail("record", f"the envelope is record {one.id}, not {named}")
        if inside is not None and given is not None and inside.envelope != given.envelope:
            self.fail("record", "the envelope you gave has other signatures than the certificate's")
        self.record = inside or given
        if self.record is None:
            self.skipped("record", f"the body is not public; this certificate is for the digest {named}")
        else:
            payload = self.record.payload
            self.passed("record", f"{named}, {payload['type']} by {payload['author']['org']}")

    def chain_step(self) -> tuple[str, Policy]:
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
        self.found_chain = chain
        self.passed("chain", f"{chain}, log '{origin.text}'")
        return chain, policy

    def signatures_step(self, chain: str) -> None:
        if self.record is None:
            self.skipped("signatures", "the body is not public, so its signatures are not in this file")
            return
        why = self.record.why_unsigned(chain)
        if why is not None:
            self.fail("signatures", why)
        names = [one["org"] for one in self.record.signers]
        self.passed("signatures", f"{len(names)} of {len(names)}: {', '.join(names)}")

    def checkpoint_step(self, policy: Policy) -> tuple[TlogProof, Cosigned]:
        proof = tlog_proof_of_text(self.certificate["proof"])
        if proof is None:
            self.fail("checkpoint", "not a c2sp.org/tlog-proof@v1 with a signed checkpoint")
        try:
            cosigned = policy.cosigned(proof.note)
        except NotCosigned as error:
            self.fail("checkpoint", str(error))
        outside = self.outside_witnesses(policy, proof.note)
        foreign = policy.first_foreign_line(proof.note, outside)
        if foreign is not None:
            self.fail("checkpoint", f"signature line {foreign} is not a valid one by a key of the policy")
        names = [one.name for one in cosigned.cosigners]
        known, size = len(policy.witnesses), cosigned.checkpoint.size
        beside = ", ".join(key.name for key in outside)
        more = f"; beside them, by the keys in this file: {beside}" if beside else ""
        self.passed("checkpoint", f"{len(names)} of {known} cosigners: {', '.join(names)}; tree of {size}{more}")
        return proof, cosigned

    def outside_witnesses(self, policy: Policy, note: Note) -> list[NoteKey]:
        """Their keys: each of one spelling, none one of the policy, each with its line."""
        outside: list[NoteKey] = []
        for spelled in self.certificate["witnesses"]:
            key = note_key_of_text(spelled)
            if key is None or key.algorithm != COSIGNATURE_V1:
                self.fail("checkpoint", "an outside witness's key text is not one of a cosigner")
            known = [*(one.key for one in policy.witnesses), *outside]
            if any(other.key == key.key for other in known):
                self.fail("checkpoint", f"outside witness '{key.name}' stands twice")
            if note.find_valid(key) is None:
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

    def anchor_step(self, level: Level, parent: str | None) -> None:
        """`parent`: what the trusted parent chain is."""
        chain, brought = level.chain, self.brought
        if brought.asks_parent and parent is None:
            self.fail("anchor", "no parent chain of this certificate is the one you trust")
        if brought.chain is not None and brought.chain != chain:
            self.fail("anchor", f"this is chain {chain}, you expected {brought.chain}")
        dated = self.under_dated_policies(level)
        seen = self.under_policy(level) or dated
        if seen is None and brought.chain is not None:
            seen = "the chain is the one you named"
        seen = seen or parent
        if seen is None:
            self.skipped("anchor", f"no policy or chain was given; compare {chain} with a copy of yours")
        else:
            self.passed("anchor", seen)

    def under_dated_policies(self, level: Level) -> str | None:
        if self.brought.policies is None:
            return None
        try:
            return self.brought.policies.judge(level.note, level.block["height"], self.dated_ms)
        except OutOfTime as error:
            self.fail("anchor", f"under your dated policies: {error}")

    def under_policy(self, level: Level) -> str | None:
        policy = self.brought.policy
        if policy is None:
            return None
        if policy == level.policy:
            return "your policy is the very one of the certificate"
        try:
            cosigned = policy.cosigned(level.note)
        except NotCosigned as error:
            self.fail("anchor", f"under your policy: {error}")
        names = ", ".join(one.name for one in cosigned.cosigners)
        return f"your policy's quorum is reached by {names}"

    def document_step(self) -> None:
        document = self.brought.document
        if document is None:
            self.skipped("document", "no document was given")
            return
        if self.record is None:
            self.fail("document", "the record's body is not in reach, so its documents are not known")
        for one in self.record.payload["documents"]:
            if one["digest"] == document.digest and one["size"] == document.size:
                self.passed("document", f"{document.digest} is '{one['name']}' of the record")
                return
        self.fail("document", f"content differs: no document of the record has {document.digest}")

    def all(self) -> "Run":
        with suppress(Stop):
            self.record_step()
            chain, policy = self.chain_step()
            self.signatures_step(chain)
            proof, cosigned = self.checkpoint_step(policy)
            self.inclusion_step(proof, cosigned)
            self.time_step(cosigned)
            timestamp_steps(self, proof.note)
            block = self.certificate["block"]
            level = Level(chain, policy, proof.note, cosigned.checkpoint, self.record, block)
            parent = parent_steps(self, level, self.verify_alone)
            self.anchor_step(level, parent)
            self.document_step()
            self.level = level
        return self

    def verify_alone(self, certificate: dict[str, Any]) -> "Run":
        """A parent's certificate: by itself, with the same timestamp authorities."""
        return Run(certificate, Brought(authorities=self.brought.authorities)).all()
