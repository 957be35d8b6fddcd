"""C2SP tlog-policy: which log keys and which quorum of named cosigners make a checkpoint trusted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..limits import POLICY_BYTES_MAX, U64_MAX
from ..spelling import words
from .checkpoint import Checkpoint, checkpoint_of_text
from .note import COSIGNATURE_V1, ED25519, Note, NoteKey, is_note_name, note_key_of_text

NO_QUORUM = "none"
PLAIN_GROUP = "quorum-group"
_THRESHOLD = re.compile(r"\+?0*([0-9]{1,20})", re.ASCII)


@dataclass(frozen=True)
class Witness:
    name: str
    key: NoteKey


@dataclass(frozen=True)
class Group:
    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Cosigner:
    name: str
    time: int


@dataclass(frozen=True)
class Cosigned:
    """A checkpoint a policy trusts, and who cosigned it."""

    checkpoint: Checkpoint
    cosigners: tuple[Cosigner, ...]


class NotCosigned(ValueError):
    """Why a policy does not trust a checkpoint."""


@dataclass(frozen=True)
class Policy:
    logs: tuple[NoteKey, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    @property
    def text(self) -> str:
        """The policy's one canonical text."""
        lines = [f"log {key.text}" for key in self.logs]
        lines += [f"witness {one.name} {one.key.text}" for one in self.witnesses]
        lines += [f"group {one.name} {one.threshold} {' '.join(one.members)}" for one in self.groups]
        return "\n".join([*lines, f"quorum {self.quorum}", ""])

    @property
    def needs_cosigners(self) -> bool:
        """False for `quorum none`: one log key alone would make a checkpoint trusted."""
        return self.quorum != NO_QUORUM

    def cosigned(self, note: Note) -> Cosigned:
        """The checkpoint where the policy is satisfied; raises NotCosigned."""
        checkpoint = checkpoint_of_text(note.text)
        if checkpoint is None:
            raise NotCosigned("the signed text is not a checkpoint of a Biaozheng log")
        logs = (key for key in self.logs if key.name == checkpoint.origin.text)
        if not any(note.find_valid(key) is not None for key in logs):
            raise NotCosigned("no valid signature by a log key of the policy")
        times = [(one.name, note.find_valid(one.key)) for one in self.witnesses]
        cosigners = tuple(Cosigner(name, time) for name, time in times if time is not None)
        reached = {one.name for one in cosigners}
        for group in self.groups:
            if sum(name in reached for name in group.members) >= group.threshold:
                reached.add(group.name)
        if self.needs_cosigners and self.quorum not in reached:
            names = ", ".join(one.name for one in cosigners) or "nobody"
            raise NotCosigned(f"the quorum is not reached: valid cosignatures by {names}")
        return Cosigned(checkpoint, cosigners)

    def first_foreign_line(self, note: Note, outside: Sequence[NoteKey] = ()) -> int | None:
        """Index of the first line that is not a valid one by a key of the policy or outside it, or stands twice."""
        known = (*self.logs, *(one.key for one in self.witnesses), *outside)
        keys = {(key.name, key.id): key for key in known}
        seen = set()
        for index, line in enumerate(note.lines):
            name = (line.name, line.id)
            key = keys.get(name)
            if key is None or name in seen or note.valid_time(key, line) is None:
                return index
            seen.add(name)
        return None


@dataclass
class _Reader:
    logs: list[NoteKey] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    quorum: str | None = None

    def claim(self, name: str) -> bool:
        free = is_note_name(name) and name != NO_QUORUM and name not in self.names
        self.names.add(name)
        return free

    def line(self, line: list[str]) -> bool:
        """False for a line that is refused."""
        match line:
            case ["log", text] | ["log", text, _]:
                return self.log(text)
            case ["witness", name, text] | ["witness", name, text, _]:
                return self.witness(name, text)
            case ["group", name, word, *members]:
                return self.group(name, word, members)
            case ["quorum", name] if self.quorum is None:
                self.quorum = name
                return name == NO_QUORUM or name in self.names
        return False

    def log(self, text: str) -> bool:
        key = note_key_of_text(text)
        if key is None or key.algorithm != ED25519:
            return False
        self.logs.append(key)
        return True

    def witness(self, name: str, text: str) -> bool:
        key = note_key_of_text(text)
        if key is None or key.algorithm != COSIGNATURE_V1:
            return False
        # The bare key is compared: under two names it would count twice towards the quorum.
        if any(other.key.key == key.key for other in self.witnesses):
            return False
        self.witnesses.append(Witness(name, key))
        return self.claim(name)

    def group(self, name: str, word: str, members: list[str]) -> bool:
        needed = _threshold(word, len(members))
        if needed is None or not 1 <= needed <= len(members):
            return False
        if len(set(members)) != len(members) or not all(one in self.names for one in members):
            return False
        self.groups.append(Group(name, needed, tuple(members)))
        return self.claim(name)


def _threshold(word: str, count: int) -> int | None:
    if word in ("any", "all"):
        return 1 if word == "any" else count
    found = _THRESHOLD.fullmatch(word)
    if found is None or int(found.group(1)) > U64_MAX:
        return None
    return int(found.group(1))


def policy_of_text(text: str) -> Policy | None:
    """Reads a policy from any file."""
    try:
        length = len(text.encode())
    except UnicodeEncodeError:
        return None
    if length > POLICY_BYTES_MAX:
        return None
    reader = _Reader()
    for line in text.split("\n"):
        found = words(line)
        if found and not found[0].startswith("#") and not reader.line(found):
            return None
    if reader.quorum is None or not reader.logs:
        return None
    return Policy(tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups), reader.quorum)
