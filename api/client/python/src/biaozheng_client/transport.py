"""One HTTP exchange with the standard library: bounded in time and in bytes, its failures told apart.

Invariant: no redirect is followed and no proxy of the environment is used: a node is named by its own address.
"""

import http.client
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode, urljoin, urlsplit

from .author import TOOL
from .errors import AddressError, ClientError, Unexpected, Unreachable, problem_of, unavailable

#: Largest answer taken into memory: above the largest page, block list and certificate.
ANSWER_BYTES_MAX = 32 * 1024 * 1024
_PIECE_BYTES = 64 * 1024
_ACCEPT = "application/json, application/problem+json, */*"
T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long and how often to try while a fault is temporary; the same bytes are sent again, never signed again."""

    total_s: float = 60
    pause_first_s: float = 0.1
    pause_max_s: float = 5

    def attempt(self, work: Callable[[float], T]) -> T:
        """Calls `work` with the seconds left, again after a temporary fault, and not before the node asked for it."""
        started, pause = time.monotonic(), self.pause_first_s
        while True:
            left = self.total_s - (time.monotonic() - started)
            try:
                return work(max(left, 0))
            except ClientError as error:
                wait = pause if error.retry_after_s is None else error.retry_after_s
                spent = time.monotonic() - started
                if not error.is_temporary or spent + wait >= self.total_s:
                    raise
            time.sleep(wait)
            pause = min(pause * 2, self.pause_max_s)


@dataclass(frozen=True)
class Call:
    """One request. Path segments are escaped, so an id from elsewhere cannot become another path."""

    method: str
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    timeout_s: float = 30
    headers: tuple[tuple[str, str], ...] = ()

    def target(self, base: str) -> str:
        path = base + "".join(f"/{_segment(segment)}" for segment in self.path)
        return f"{path}?{urlencode(self.query)}" if self.query else path


def _segment(text: str) -> str:
    # A segment of dots alone would name another folder even when it is escaped.
    if text in ("", ".", ".."):
        raise AddressError(f"{text!r} cannot be a part of an address")
    return quote(text, safe=":")


class Transport:
    """A node's address. Each exchange has a connection of its own, so clients may be shared between threads."""

    def __init__(self, address: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(address)
        try:
            port = parts.port
        except ValueError as error:
            raise AddressError(f"{address!r} is not a node's address: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise AddressError(f"{address!r} is not a node's address; write http://HOST:PORT or https://HOST")
        if parts.username is not None:
            raise AddressError("a node's address has no user in it")
        self._host, self._port, self._path = parts.hostname, port, parts.path.rstrip("/")
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self.base = f"{parts.scheme}://{parts.netloc}{self._path}"

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=timeout_s)
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout_s, context=self._tls)

    @contextmanager
    def open(self, call: Call) -> Iterator[http.client.HTTPResponse]:
        """A successful answer whose body is still to come. Raises ClientError, also for faults while it is read."""
        connection = self._connection(call.timeout_s)
        url = self.base + call.target("")
        headers = {"Accept": _ACCEPT, "User-Agent": TOOL, "Connection": "close", **dict(call.headers)}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(call.method, call.target(self._path), call.body, headers)
            with connection.getresponse() as response:
                if not 200 <= response.status < 300:
                    raise _failure(url, response)
                yield response
        except TimeoutError as error:
            raise Unreachable(f"cannot reach {url}: no answer in time") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"cannot reach {url}: {error!r}") from error
        finally:
            connection.close()

    def bytes(self, call: Call) -> bytes:
        """The body of a successful answer. The time is for the whole of it."""
        deadline = time.monotonic() + call.timeout_s
        with self.open(call) as response:
            return _read(self.base + call.target(""), response, deadline)


def _read(url: str, response: http.client.HTTPResponse, deadline: float) -> bytes:
    data = bytearray()
    while piece := response.read1(_PIECE_BYTES):
        data += piece
        if len(data) > ANSWER_BYTES_MAX:
            raise Unexpected(f"unexpected answer from {url}: more than {ANSWER_BYTES_MAX} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError
    if response.length:
        raise http.client.IncompleteRead(bytes(data), response.length)
    return bytes(data)


def _failure(url: str, response: http.client.HTTPResponse) -> ClientError:
    headers = {name.lower(): value for name, value in response.getheaders()}
    problem = problem_of(response.status, response.read(_PIECE_BYTES), headers)
    if problem is not None:
        return problem
    if 300 <= response.status < 400:
        to = "".join(one for one in urljoin(url, headers.get("location", "")) if one.isprintable())[:200]
        where = f"to {to}" if "location" in headers else "to nowhere"
        return Unexpected(
            f"{url} answered with a redirect ({response.status}) {where}, which is not followed; give that address if you "
            "trust it 该地址重定向，请核对后改用新地址"
        )
    return unavailable(response.status, headers) or Unexpected(
        f"unexpected answer from {url}: HTTP {response.status} without a problem description"
    )
