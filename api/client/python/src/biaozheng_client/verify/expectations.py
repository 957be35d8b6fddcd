"""What a verifier brings along, as given and as read. None of it is taken from the certificate."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..hashing import digest_text
from ..record import Record, record_of_json
from .authority_certificate import Link
from .authority_file import Authorities, read_authorities
from .policy import Policy, policy_of_text
from .policy_history import PolicyHistory, history_of_text

_Given = TypeVar("_Given")
_Read = TypeVar("_Read")


class Unusable(ValueError):
    """An input that cannot be judged: nothing is said about the evidence."""


@dataclass(frozen=True)
class Document:
    """Digest and size of a document's content."""

    digest: str
    size: int


@dataclass(frozen=True)
class Expectations:
    """As the files have it; what is left out is not asked."""

    policy: str | None = None
    chain: str | None = None
    envelope: bytes | None = None
    document: Document | None = None
    # Dated policies (`biaozheng-policies/1`), or one policy.
    policies: str | None = None
    # A parent chain's, likewise: what its quorum took in is then trusted.
    parent_policies: str | None = None
    parent_chain: str | None = None
    # Certificates of timestamp authorities that are trusted: PEM, whatever text around them, or one in DER.
    authorities: bytes | None = None


@dataclass(frozen=True)
class Brought:
    """The same, read."""

    policy: Policy | None = None
    chain: str | None = None
    given: Record | None = None
    document: Document | None = None
    policies: PolicyHistory | None = None
    parent_policies: PolicyHistory | None = None
    parent_chain: str | None = None
    authorities: tuple[Link, ...] = ()

    @property
    def asks_parent(self) -> bool:
        return self.parent_policies is not None or self.parent_chain is not None

    @property
    def has_anchor(self) -> bool:
        """True where there is something to trust. Timestamp authorities alone vouch for no chain."""
        own = (self.policy, self.policies, self.chain)
        return self.asks_parent or any(one is not None for one in own)


def _read(given: _Given | None, reader: Callable[[_Given], _Read | None], why: str) -> _Read | None:
    read = None if given is None else reader(given)
    if given is not None and read is None:
        raise Unusable(why)
    return read


def read_expectations(expected: Expectations) -> Brought:
    """Reads all of it; raises Unusable."""
    policy = _read(expected.policy, policy_of_text, "the policy you gave cannot be read")
    if policy is not None and not policy.needs_cosigners:
        raise Unusable("the policy says 'quorum none': it is no trust anchor")
    not_dated = "is neither a policy with a quorum nor a file of dated ones"
    chain_form = "a chain is 'sha256:' and 64 lower-case digits"
    authorities = Authorities() if expected.authorities is None else read_authorities(expected.authorities)
    if authorities.why is not None:
        raise Unusable(f"the file of timestamp authorities: {authorities.why}")
    try:
        given = None if expected.envelope is None else record_of_json(expected.envelope)
    except ValueError as error:
        raise Unusable(f"the envelope file is not a record's: {error}") from error
    return Brought(
        policy=policy,
        chain=_read(expected.chain, digest_text, chain_form),
        given=given,
        document=expected.document,
        policies=_read(expected.policies, history_of_text, f"the file of policies {not_dated}"),
        parent_policies=_read(expected.parent_policies, history_of_text, f"the parent's policy {not_dated}"),
        parent_chain=_read(expected.parent_chain, digest_text, chain_form),
        authorities=authorities.anchors,
    )
