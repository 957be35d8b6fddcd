"""What can go wrong between a client and a node, told apart by what the caller can do about it."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_TEMPORARY = (408, 429, 502, 503, 504)
_TEXTS = ("code", "title", "detail", "rule", "value", "article", "message_zh", "stage")


class ClientError(Exception):
    """Why a call gave no result."""

    #: True when the same call may succeed later.
    is_temporary = False
    #: Seconds the node asks to wait before the next try.
    retry_after_s: float | None = None


class AddressError(ClientError):
    """The node's address is unusable; no call was made."""


class Unreachable(ClientError):
    """No answer. A submitted record may or may not have arrived; sending it again is safe."""

    is_temporary = True


class Unexpected(ClientError):
    """The answer is not one this client knows: another program listens there, or another version."""


class Problem(ClientError):
    """The node answered that it will not, and why (RFC 9457), with the rule that refused where a rule did."""

    def __init__(self, status: int, members: dict[str, Any], headers: dict[str, str]) -> None:
        texts = {name: members.get(name) if isinstance(members.get(name), str) else None for name in _TEXTS}
        self.status = status
        #: Stable, for programs.
        self.code = texts["code"] or ""
        self.title = texts["title"] or ""
        self.detail = texts["detail"] or ""
        #: The rule's name in the rulebook, its value, and the article of law behind it.
        self.rule, self.value, self.article = texts["rule"], texts["value"], texts["article"]
        self.message_zh = texts["message_zh"]
        #: How far the record is, where that is the matter.
        self.stage = texts["stage"]
        #: Quote it to the node's operator.
        self.request_id = headers.get("x-request-id")
        self.retry_after_s = _seconds(headers)
        self.is_temporary = status in _TEMPORARY
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [f"{self.code}: {self.detail or self.title}"]
        if self.message_zh:
            parts.append(self.message_zh)
        known = {"rule": self.rule, "value": self.value, "article": self.article}
        shown = ", ".join(f"{name} {part}" for name, part in known.items() if part)
        if shown:
            parts.append(f"[{shown}]")
        request = f", request {self.request_id}" if self.request_id else ""
        parts.append(f"(HTTP {self.status}{request})")
        return " ".join(parts)


class NotFound(Problem):
    """The node does not know it, or does not show it."""


class Pending(Problem):
    """The record is known and has not come as far as was asked for: ask again."""


class Gone(Problem):
    """The record was refused after its receipt."""


class Refused(Problem):
    """A rule of trading refused the record; `rule`, `value` and `article` say which."""


class Busy(Problem):
    """The node is full, standing or starting."""


_KINDS: dict[int, type[Problem]] = {404: NotFound, 410: Gone, 422: Refused, 429: Busy, 503: Busy}


def problem_of(status: int, body: bytes, headers: dict[str, str]) -> Problem | None:
    """The typed problem of an answer, or ``None`` where its body is none."""
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict) or not isinstance(members.get("code"), str) or not members["code"]:
        return None
    kind = Pending if members["code"] == "pending" else _KINDS.get(status, Problem)
    return kind(status, members, headers)


def unavailable(status: int, headers: dict[str, str]) -> Problem | None:
    """What a proxy before a node that is away says in its own words; ``None`` for every other status."""
    if status not in _TEMPORARY:
        return None
    members = {"code": "unavailable", "title": "what stands before the node says that it is away 节点前的代理暂不可用"}
    return _KINDS.get(status, Problem)(status, members, headers)


#: However long a node asks to be left alone.
_RETRY_AFTER_MAX_S = 7 * 24 * 3600.0


def _seconds(headers: dict[str, str]) -> float | None:
    """Retry-After (RFC 9110, 10.2.3): seconds, or a date in any of the three forms of 5.6.7.

    A date is held against the server's own Date where there is one, so that a clock that is off changes nothing.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return _RETRY_AFTER_MAX_S if len(text) > 7 else min(float(text), _RETRY_AFTER_MAX_S)
    until = _moment(text)
    if until is None:
        return None
    now = _moment(headers.get("date", "").strip()) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), _RETRY_AFTER_MAX_S)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # The oldest form names no zone; all three are GMT.
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
