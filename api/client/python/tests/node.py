"""A node that answers what a test wants, over a real socket: what a real one does only when it is full or failing."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, Self


@dataclass
class Request:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    #: Promises more bytes than it sends.
    cut_short: bool = False

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> "Answer":
        return cls(status, json.dumps(value).encode(), {name.replace("_", "-"): one for name, one in headers.items()})

    def to_bytes(self) -> bytes:
        length = len(self.body) + (10 if self.cut_short else 0)
        lines = [f"HTTP/1.1 {self.status} X", f"content-length: {length}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def problem(status: int, code: str, **members: Any) -> Answer:
    headers = {name: members.pop(name) for name in ("retry_after", "x_request_id") if name in members}
    value = {"type": f"urn:biaozheng:problem:{code}", "title": "T", "status": status, "detail": "D", "code": code}
    return Answer.json(value | members, status, **headers)


class Node:
    """Gives the answers in order, one a connection; ``None`` hangs up without one."""

    def __init__(self, answers: Iterable[Answer | None]) -> None:
        self.requests: list[Request] = []
        left = list(answers)
        node = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline().decode().strip()
                headers = {}
                while (text := self.rfile.readline().decode().strip()) != "":
                    name, _, value = text.partition(":")
                    headers[name.lower()] = value.strip()
                body = self.rfile.read(int(headers.get("content-length", "0")))
                node.requests.append(Request(line, headers, body))
                answer = left.pop(0)
                if answer is not None:
                    self.wfile.write(answer.to_bytes())

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._left = left
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if kind is None:
            assert self._left == [], "answers were not asked for"
