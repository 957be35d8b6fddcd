"""The certificate, read strictly, and the verdict over it.

Names of steps and verdicts are those of `biaozheng-verify`. Nothing here touches network, disk or clock.
"""

from dataclasses import dataclass
from typing import Any, Literal

from ..hashing import digest_text
from ..limits import (
    ANCHORS_PER_CERTIFICATE_MAX,
    CERTIFICATE_BYTES_MAX,
    TIMESTAMP_TOKEN_BYTES_MAX,
    TIMESTAMPS_PER_CERTIFICATE_MAX,
    U32_MAX,
    WITNESSES_PER_CERTIFICATE_MAX,
)
from ..record import Record
from ..spelling import unbase64
from ..strict_json import (
    Shape,
    StrictJsonError,
    anything,
    list_of,
    list_or_absent,
    parse_strict,
    parsed,
    struct,
    text,
    unsigned,
    up_to,
)
from .expectations import Brought, Expectations, Unusable, read_expectations
from .steps import Run, Step

CERTIFICATE_FORMAT = "biaozheng-certificate/1"
STEPS = (
    "record",
    "chain",
    "signatures",
    "checkpoint",
    "inclusion",
    "time",
    "timestamp",
    "parent",
    "anchored",
    "consistency",
    "anchor",
    "document",
)
Verdict = Literal["valid", "not_anchored", "invalid", "content_differs", "no_trust_anchor", "unusable"]


def _token(spelled: str) -> bytes | None:
    data = unbase64(spelled)
    return data if data is not None and 1 <= len(data) <= TIMESTAMP_TOKEN_BYTES_MAX else None


def _no_anchor(_: Any) -> Any:
    raise StrictJsonError("an anchor has anchors of its own")


_DIGEST = parsed(digest_text, "'sha256:' and 64 digits")


def _shape_with(anchor: Shape) -> Shape:
    return struct(
        {
            "format": text,
            "record": _DIGEST,
            "envelope": anything,
            "block": struct({"height": unsigned, "time_ms": unsigned, "position": up_to(U32_MAX)}),
            "proof": text,
            "policy": text,
            "genesis_remainder": text,
            "anchors": list_or_absent(anchor),
            "timestamps": list_or_absent(parsed(_token, "a timestamp token in base64")),
            "witnesses": list_or_absent(text),
        }
    )


_SHAPE = _shape_with(struct({"certificate": _shape_with(_no_anchor), "consistency": list_of(_DIGEST)}))


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
    # The earliest time, Unix milliseconds, by which the checkpoint existed as somebody outside its chain says whom the
    # verifier trusts: a timestamp authority or a parent chain.
    dated_ms: int | None = None

    @property
    def is_valid(self) -> bool:
        """True only where every step holds, with an anchor of the verifier's own."""
        return self.verdict == "valid"

    @property
    def exit_code(self) -> int:
        return {"valid": 0, "not_anchored": 0, "invalid": 1, "content_differs": 1}.get(self.verdict, 2)


def read_certificate(data: bytes) -> dict[str, Any]:
    """Reads a certificate strictly; raises Unusable."""
    if len(data) > CERTIFICATE_BYTES_MAX:
        raise Unusable(f"the file has more than {CERTIFICATE_BYTES_MAX} bytes")
    try:
        certificate: dict[str, Any] = _SHAPE(parse_strict(data))
    except ValueError as error:
        raise Unusable(f"not a certificate: {error}") from error
    anchors = certificate["anchors"]
    if len(anchors) > ANCHORS_PER_CERTIFICATE_MAX:
        raise Unusable(f"at most {ANCHORS_PER_CERTIFICATE_MAX} anchors one above the other")
    for one in (certificate, *(anchor["certificate"] for anchor in anchors)):
        if one["format"] != CERTIFICATE_FORMAT:
            raise Unusable("the certificate format is unknown; use a newer verifier")
        if len(one["timestamps"]) > TIMESTAMPS_PER_CERTIFICATE_MAX:
            raise Unusable(f"at most {TIMESTAMPS_PER_CERTIFICATE_MAX} timestamps")
        if len(one["witnesses"]) > WITNESSES_PER_CERTIFICATE_MAX:
            raise Unusable(f"at most {WITNESSES_PER_CERTIFICATE_MAX} outside witnesses")
    return certificate


def _verdict(run: Run, brought: Brought, failed: str | None, require_anchor: bool) -> Verdict:
    given = brought.given
    if failed == "record" and given is not None and given.id != run.certificate["record"]:
        return "content_differs"
    if failed == "document":
        return "unusable" if run.certificate["envelope"] is None and given is None else "content_differs"
    if failed is not None or run.level is None:
        return "invalid"
    if brought.has_anchor:
        return "valid"
    return "no_trust_anchor" if require_anchor else "not_anchored"


def judge(data: bytes, expected: Expectations | None = None, *, require_anchor: bool = False) -> Judgement:
    """Judges the bytes of a certificate, step by step."""
    try:
        brought = read_expectations(expected or Expectations())
        run = Run(read_certificate(data), brought).all()
    except Unusable as error:
        return Judgement("unusable", None, str(error))
    failed = next((one for one in run.steps if one.outcome == "failed"), None)
    verdict = _verdict(run, brought, None if failed is None else failed.name, require_anchor)
    proven = failed is None
    return Judgement(
        verdict,
        # An input that cannot be judged has no failed step: nothing was said about the evidence.
        None if failed is None or verdict == "unusable" else failed.name,
        None if failed is None else failed.detail,
        tuple(run.steps),
        run.found_chain,
        proven and verdict == "valid",
        run.record if proven else None,
        run.certificate if proven else None,
        run.dated_ms if proven else None,
    )
