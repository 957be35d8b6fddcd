"""The trust root of a chain, the policy it makes, and the chain id that names both; and the genesis that holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..hashing import digest_fields, field_hash, to_digest
from ..limits import GENESIS_BYTES_MAX
from ..names import public_key
from ..strict_json import (
    Optional,
    StrictJsonError,
    an_object,
    anything,
    compact,
    list_of,
    parse_strict,
    parsed,
    struct,
    text,
    unsigned,
)
from .checkpoint import Origin, origin_of_text
from .note import COSIGNATURE_V1, ED25519, note_key
from .policy import PLAIN_GROUP, Group, Policy, Witness, policy_of_text

_FINGERPRINT_DIGITS = 20


@dataclass(frozen=True)
class TrustedCosigner:
    name: str
    cosigner_key: bytes
    log_key: bytes


@dataclass(frozen=True)
class Trust:
    label: str
    threshold: int
    cosigners: tuple[TrustedCosigner, ...]

    def digest(self) -> str:
        fields = [self.label.encode(), self.threshold.to_bytes(8), len(self.cosigners).to_bytes(8)]
        for one in self.cosigners:
            fields += [one.name.encode(), b"\x01", one.cosigner_key, b"\x01", one.log_key]
        return to_digest(field_hash("biaozheng/trust/v1", fields))

    def chain_id(self, remainder: str) -> str:
        fields = [*digest_fields(self.digest()), *digest_fields(remainder)]
        return to_digest(field_hash("biaozheng/chain/v1", fields))

    def policy(self, chain: str) -> Policy | None:
        """The policy on a chain; ``None`` where names, keys or threshold break the rules."""
        count = len(self.cosigners)
        origin = origin_of_text(f"biaozheng.log/{self.label}/{chain.removeprefix('sha256:')}")
        if origin is None or not count * 2 // 3 + 1 <= self.threshold <= count:
            return None
        logs = [note_key(origin.text, ED25519, one.log_key) for one in self.cosigners]
        keys = [note_key(one.name, COSIGNATURE_V1, one.cosigner_key) for one in self.cosigners]
        witnesses = tuple(Witness(key.name, key) for key in keys if key is not None)
        if None in logs or len(witnesses) != count:
            return None
        group = Group(PLAIN_GROUP, self.threshold, tuple(one.name for one in self.cosigners))
        policy = Policy(tuple(key for key in logs if key is not None), witnesses, (group,), PLAIN_GROUP)
        # Reading it back refuses names and keys that stand twice or mean something in a policy.
        return policy if policy_of_text(policy.text) == policy else None


def trust_of_policy(policy: Policy) -> tuple[Trust, Origin] | None:
    """The trust root of a policy that a genesis makes; ``None`` for any other."""
    origin = origin_of_text(policy.logs[0].name)
    if origin is None or len(policy.groups) != 1 or len(policy.logs) != len(policy.witnesses):
        return None
    pairs = zip(policy.witnesses, policy.logs, strict=True)
    cosigners = tuple(TrustedCosigner(one.name, one.key.key, log.key) for one, log in pairs)
    trust = Trust(origin.label, policy.groups[0].threshold, cosigners)
    return (trust, origin) if trust.policy(origin.chain) == policy else None


def fingerprint(chain: str) -> str:
    """The first 80 bits of a chain id in groups of four digits, for people to compare."""
    digits = chain.removeprefix("sha256:")[:_FINGERPRINT_DIGITS]
    return "-".join(digits[at : at + 4] for at in range(0, _FINGERPRINT_DIGITS, 4))


_KEY = parsed(public_key, "a public key")
_KEY_TEXT = parsed(lambda one: None if public_key(one) is None else one, "a public key")
_TRUST = struct(
    {
        "label": text,
        "threshold": unsigned,
        "cosigners": list_of(struct({"name": text, "cosigner_key": _KEY, "log_key": _KEY})),
    }
)
_NODE = struct({"name": text, "consensus_key": Optional(_KEY_TEXT), "network_key": _KEY_TEXT, "api_key": _KEY_TEXT})
_REST = struct(
    {
        "version": unsigned,
        "created_at_ms": unsigned,
        "nonce": text,
        "time": struct({"precision_ms": unsigned, "delay_ms": unsigned}),
        "nodes": list_of(_NODE),
        "participants": list_of(anything),
    }
)
_GENESIS = struct({"trust": an_object, "rest": an_object})


@dataclass(frozen=True)
class Genesis:
    """What of a genesis names the chain, and the nodes with their keys. Whether they make sense is not looked at."""

    trust: Trust
    remainder: str
    chain: str
    policy: Policy
    nodes: tuple[dict[str, Any], ...]


def trust_of_value(value: Any) -> Trust:
    """Reads a parsed trust root; raises StrictJsonError."""
    raw = _TRUST(value)
    cosigners: Sequence[dict[str, Any]] = raw["cosigners"]
    return Trust(raw["label"], raw["threshold"], tuple(TrustedCosigner(**one) for one in cosigners))


def genesis_of(data: bytes) -> Genesis | None:
    """Reads a genesis document. Trust it only after comparing its chain with a known one."""
    if len(data) > GENESIS_BYTES_MAX:
        return None
    try:
        raw = _GENESIS(parse_strict(data))
        trust, rest = trust_of_value(raw["trust"]), _REST(raw["rest"])
    except StrictJsonError:
        return None
    nodes = [{name: held for name, held in one.items() if held is not None} for one in rest["nodes"]]
    # The digest is over the members in the order of the format, whatever the order in the file.
    remainder = to_digest(field_hash("biaozheng/genesis-rest/v1", [compact(rest | {"nodes": nodes}).encode()]))
    chain = trust.chain_id(remainder)
    policy = trust.policy(chain)
    return None if policy is None else Genesis(trust, remainder, chain, policy, tuple(nodes))
