"""Server-sent events of a node: one for each block, in order, without a gap, over as many connections as it takes."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from .errors import ClientError, Unexpected, Unreachable
from .transport import Call, Patience, Transport

#: A node sends a comment every 15 seconds; silence for longer is a dead connection.
IDLE_S = 45
_LINE_BYTES_MAX = 4 * 1024 * 1024


@dataclass(frozen=True)
class Event:
    """One event as it stood on the line."""

    id: str
    name: str
    data: str


def parse_events(stream: BinaryIO) -> Iterator[Event]:
    """Reads events; an event cut off by the stream's end is none."""
    event_id, name, data = "", "", list[str]()
    while line := stream.readline(_LINE_BYTES_MAX + 1):
        if len(line) > _LINE_BYTES_MAX:
            raise Unexpected("an event's line is too long")
        if not line.endswith(b"\n"):
            return
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text == "":
            if data:
                yield Event(event_id, name or "message", "\n".join(data))
            name, data = "", []
            continue
        field, _, value = text.partition(":")
        value = value.removeprefix(" ")
        match field:
            case "id":
                event_id = value
            case "event":
                name = value
            case "data":
                data.append(value)


class BlockStream:
    """Blocks after a height, each once and in order. Goes on after every temporary fault, for ever."""

    def __init__(self, transport: Transport, after: int, patience: Patience, idle_s: float = IDLE_S) -> None:
        self._transport = transport
        self._patience = patience
        self._idle_s = idle_s
        #: Height of the last block given out: what a later stream goes on after.
        self.last = after

    def __iter__(self) -> Iterator[dict[str, Any]]:
        pause, quiet_since = self._patience.pause_first_s, time.monotonic()
        while True:
            fault: ClientError = Unreachable("the node ended the stream")
            try:
                for block in self._connection():
                    pause, quiet_since = self._patience.pause_first_s, time.monotonic()
                    yield block
                    quiet_since = time.monotonic()
            except ClientError as error:
                fault = error
            wait = pause if fault.retry_after_s is None else fault.retry_after_s
            # A stream that goes on giving blocks may last for ever; only faults in a row use up patience.
            if not fault.is_temporary or time.monotonic() - quiet_since + wait >= self._patience.total_s + self._idle_s:
                raise fault
            time.sleep(wait)
            pause = min(pause * 2, self._patience.pause_max_s)

    def _connection(self) -> Iterator[dict[str, Any]]:
        headers = (("Accept", "text/event-stream"), ("Last-Event-ID", str(self.last)))
        call = Call("GET", ("v1", "events"), timeout_s=self._idle_s, headers=headers)
        with self._transport.open(call) as response:
            for event in parse_events(response):
                if event.name == "block":
                    yield self._block(event)

    def _block(self, event: Event) -> dict[str, Any]:
        if event.id != str(self.last + 1):
            raise Unexpected(f"the node sent block {event.id!r} after block {self.last}")
        try:
            block = json.loads(event.data)
        except ValueError as error:
            raise Unexpected(f"block {event.id} is not JSON") from error
        if not isinstance(block, dict) or block.get("height") != self.last + 1:
            raise Unexpected(f"the event of block {event.id} holds another block")
        self.last += 1
        return block
