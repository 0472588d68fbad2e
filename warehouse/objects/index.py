"""What a working copy knows of the small objects that count: their tags, and what they hold.

It lies in the copy as `objects.json`. Without it, more is fetched than needed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse import disk
from warehouse.home import Home

_NAME = "objects.json"


@dataclass(frozen=True, slots=True)
class Known:
    """An object that was fetched or put: its tag, and the SHA-256 of its bytes (hex)."""

    etag: str
    sha256: str


class Index:
    """The objects that the working copy has as they are in the bucket, by their paths."""

    def __init__(self, home: Home) -> None:
        self._path = home.root / _NAME
        self._known = _read(self._path)

    def __contains__(self, path: str) -> bool:
        return path in self._known

    @property
    def paths(self) -> list[str]:
        """The paths of all of them, in order."""
        return sorted(self._known)

    def etag(self, path: str) -> str | None:
        """Returns the tag that an object had, None when it is not known."""
        known = self._known.get(path)
        return known.etag if known else None

    def has(self, path: str, content: bytes) -> bool:
        """Returns whether an object is known to hold just that."""
        known = self._known.get(path)
        return known is not None and known.sha256 == hashlib.sha256(content).hexdigest()

    def note(self, path: str, etag: str, content: bytes) -> None:
        """Takes down that an object holds that, under a tag."""
        self._known[path] = Known(etag, hashlib.sha256(content).hexdigest())

    def forget(self, path: str) -> None:
        """Takes down that an object is not known."""
        self._known.pop(path, None)

    def save(self) -> None:
        """Writes all of it into the working copy."""
        content = {path: asdict(self._known[path]) for path in self.paths}
        disk.write_whole(self._path, json.dumps(content).encode("ascii"))


def _read(path: Path) -> dict[str, Known]:
    try:
        return {name: Known(**known) for name, known in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
