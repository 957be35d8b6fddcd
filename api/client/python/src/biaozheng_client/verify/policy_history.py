"""Policies with the times in which they held (`biaozheng-policies/1`): a trust anchor that outlives its keys.

Invariant: a checkpoint is accepted under an entry only when every bound of that entry holds.
"""

from dataclasses import dataclass

from ..limits import DATED_POLICIES_BYTES_MAX, DATED_POLICIES_MAX
from ..strict_json import Optional, StrictJsonError, list_of, parse_strict, parsed, struct, text, unsigned
from .note import Note
from .policy import Cosigned, NotCosigned, Policy, policy_of_text

_FORMAT = "biaozheng-policies/1"
_CLAIMED, _PROVEN = "claimed", "proven"
_dating = parsed(lambda one: one if one in (_CLAIMED, _PROVEN) else None, f"'{_CLAIMED}' or '{_PROVEN}'")
_SHAPE = struct(
    {
        "format": text,
        "policies": list_of(
            struct(
                {
                    "policy": parsed(policy_of_text, "a policy"),
                    "from_ms": Optional(unsigned),
                    "until_ms": Optional(unsigned),
                    "last_height": Optional(unsigned),
                    "last_size": Optional(unsigned),
                    "dating": Optional(_dating, _CLAIMED, nullable=False),
                }
            )
        ),
    }
)


@dataclass(frozen=True)
class DatedPolicy:
    """One policy and when it held, Unix milliseconds. Bounds that are left out do not bind."""

    policy: Policy
    from_ms: int | None = None
    until_ms: int | None = None
    last_height: int | None = None
    last_size: int | None = None
    # `proven`: a trusted timestamp, or a trusted parent's block, from before its end.
    dating: str = _CLAIMED

    @property
    def makes_sense(self) -> bool:
        backwards = self.from_ms is not None and self.until_ms is not None and self.from_ms >= self.until_ms
        endless = self.dating == _PROVEN and self.until_ms is None
        return self.policy.needs_cosigners and not backwards and not endless

    def why_out_of_time(self, cosigned: Cosigned, height: int, dated: int | None) -> str | None:
        for one in cosigned.cosigners:
            # A whole second is meant: it is inside when any instant of it is.
            if self.from_ms is not None and one.time * 1000 + 999 < self.from_ms:
                return f"'{one.name}' signed at {one.time} s, before the policy held"
            if self.until_ms is not None and one.time * 1000 >= self.until_ms:
                return f"'{one.name}' signed at {one.time} s, after the policy's end"
        if self.last_height is not None and height > self.last_height:
            return f"the record is of block {height}, the policy's last is {self.last_height}"
        size = cosigned.checkpoint.size
        if self.last_size is not None and size > self.last_size:
            return f"the tree has {size} leaves, the policy's last has {self.last_size}"
        late = self.until_ms is not None and (dated is None or dated >= self.until_ms)
        if self.dating == _PROVEN and late:
            return f"nobody trusted saw it before the policy's end at {self.until_ms} ms"
        return None


class OutOfTime(ValueError):
    """No policy's quorum signed the checkpoint in its time."""


@dataclass(frozen=True)
class PolicyHistory:
    """Dated policies of one or several chains."""

    entries: tuple[DatedPolicy, ...]

    def judge(self, note: Note, height: int, dated: int | None) -> str:
        """What was seen under the entry that held; raises OutOfTime. `dated`: when somebody trusted saw it."""
        late, unsigned_why = None, ""
        for number, entry in enumerate(self.entries, 1):
            try:
                cosigned = entry.policy.cosigned(note)
            except NotCosigned as error:
                unsigned_why = str(error)
                continue
            why = entry.why_out_of_time(cosigned, height, dated)
            if why is None:
                names = ", ".join(one.name for one in cosigned.cosigners)
                return f"policy {number} of your file: its quorum is reached by {names}"
            late = f"policy {number}'s quorum signed the checkpoint, but {why}"
        raise OutOfTime(late or f"no policy's quorum signed the checkpoint: {unsigned_why}")


def is_dated(text_of_file: str) -> bool:
    """True for a file of dated policies, false for one policy's text."""
    return text_of_file.lstrip().startswith("{")


def _dated_of_text(data: bytes) -> PolicyHistory | None:
    if len(data) > DATED_POLICIES_BYTES_MAX:
        return None
    try:
        read = _SHAPE(parse_strict(data))
    except StrictJsonError:
        return None
    entries = tuple(DatedPolicy(**one) for one in read["policies"])
    fine = read["format"] == _FORMAT and 1 <= len(entries) <= DATED_POLICIES_MAX
    return PolicyHistory(entries) if fine and all(one.makes_sense for one in entries) else None


def history_of_text(text_of_file: str) -> PolicyHistory | None:
    """Reads dated policies, or one policy as one without an end."""
    if is_dated(text_of_file):
        try:
            return _dated_of_text(text_of_file.encode())
        except UnicodeEncodeError:
            return None
    policy = policy_of_text(text_of_file)
    return None if policy is None or not policy.needs_cosigners else PolicyHistory((DatedPolicy(policy),))
