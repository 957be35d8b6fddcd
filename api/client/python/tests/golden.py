"""The golden vectors of the repository, each file read whole: a member nobody looks at fails the run."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[4]
VECTORS = ROOT / "tests" / "vectors"


class Watched(dict):
    """An object that notes which of its members were looked at."""

    def __init__(self, members: dict[str, Any]) -> None:
        super().__init__(members)
        self.seen: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.seen.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.seen.add(name)
        return super().get(name, default)

    def items(self) -> Any:
        self.seen.update(self)
        return super().items()

    def unread(self) -> list[str]:
        """Members with a meaning that nobody looked at, at any depth."""
        found = [name for name in self if name not in self.seen and name not in ("name", "why")]
        for name, value in super().items():
            found += [f"{name}/{one}" for one in _unread(value)]
        return found


def _unread(value: Any) -> list[str]:
    if isinstance(value, Watched):
        return value.unread()
    if isinstance(value, list):
        return [one for item in value for one in _unread(item)]
    return []


def vectors(name: str) -> Any:
    """The vectors of one file; check `unread` of what comes back when done."""
    file = json.loads((VECTORS / f"{name}.json").read_text(), object_hook=Watched)
    assert list(file) == ["about", "regenerate", "vectors"]
    return file["vectors"]


def assert_all_read(value: Any) -> None:
    assert _unread(value) == []
