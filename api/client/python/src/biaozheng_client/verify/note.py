"""C2SP signed notes: text, an empty line, lines `— name base64(key id ‖ signature)`; key texts `name+hash+base64`."""

from dataclasses import dataclass

from ..ed25519 import verify
from ..hashing import sha256
from ..limits import NOTE_BYTES_MAX, NOTE_NAME_BYTES_MAX, NOTE_SIGNATURES_MAX
from ..spelling import base64, has_control, has_space, unbase64, utf8_length

ED25519 = 1
COSIGNATURE_V1 = 4
_KEY_ID_BYTES = 4
_TIME_BYTES = 8


@dataclass(frozen=True)
class NoteKey:
    """A key with its name; the id follows from both."""

    name: str
    algorithm: int
    key: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode(), bytes([0x0A, self.algorithm]), self.key)[:_KEY_ID_BYTES]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64(bytes([self.algorithm]) + self.key)}"


@dataclass(frozen=True)
class Line:
    """A signature line: whose it says it is, and the bytes after the key id."""

    name: str
    id: bytes
    data: bytes

    def is_by(self, other: "NoteKey | Line") -> bool:
        return self.name == other.name and self.id == other.id


@dataclass(frozen=True)
class Note:
    """A signed note. Nothing is verified."""

    text: str
    lines: tuple[Line, ...]

    def valid_time(self, key: NoteKey, line: Line) -> int | None:
        """Seconds (0 for algorithm 1) of a line by this key; ``None`` where it does not hold."""
        if key.algorithm == ED25519:
            return 0 if verify(key.key, self.text.encode(), line.data) else None
        if len(line.data) != _TIME_BYTES + 64:
            return None
        time = int.from_bytes(line.data[:_TIME_BYTES])
        message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
        return time if verify(key.key, message, line.data[_TIME_BYTES:]) else None

    def find_valid(self, key: NoteKey) -> int | None:
        """As `valid_time` of the first line by this key: only that one is looked at."""
        line = next((one for one in self.lines if one.is_by(key)), None)
        return None if line is None else self.valid_time(key, line)


def is_note_name(name: str) -> bool:
    short = name != "" and utf8_length(name) <= NOTE_NAME_BYTES_MAX
    return short and not has_space(name) and not has_control(name) and "+" not in name


def note_key(name: str, algorithm: int, key: bytes) -> NoteKey | None:
    """A key with its name, or ``None`` for a name C2SP does not allow."""
    return NoteKey(name, algorithm, key) if is_note_name(name) else None


def note_key_of_text(text: str) -> NoteKey | None:
    parts = text.split("+", 2)
    data = unbase64(parts[2]) if len(parts) == 3 else None
    if data is None or len(data) != 33 or data[0] not in (ED25519, COSIGNATURE_V1):
        return None
    key = note_key(parts[0], data[0], data[1:])
    return key if key is not None and key.text == text else None


def _line(line: str) -> Line | None:
    dash, space, rest = line.partition(" ")
    name, second, spelled = rest.partition(" ")
    if dash != "—" or not space or not second or not is_note_name(name):
        return None
    data = unbase64(spelled)
    if data is None or len(data) < _KEY_ID_BYTES:
        return None
    return Line(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def note_of_text(note: str) -> Note | None:
    """Text and lines of a signed note."""
    if utf8_length(note) > NOTE_BYTES_MAX or not note.endswith("\n") or has_control(note.replace("\n", "")):
        return None
    gap = note.rfind("\n\n")
    block = "" if gap < 0 else note[gap + 2 :]
    if not block.endswith("\n"):
        return None
    spelled = block[:-1].split("\n")
    if len(spelled) > NOTE_SIGNATURES_MAX:
        return None
    lines = [_line(one) for one in spelled]
    if None in lines:
        return None
    return Note(note[: gap + 1], tuple(one for one in lines if one is not None))
