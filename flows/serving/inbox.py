"""What lies in an inbox, and whether anything of it is new since it was last taken in."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from warehouse import disk
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Inbox:
    """A look into an inbox.

    Args:
        stamp: Digest over the names, sizes and times of what is settled there.
        settled_count: Files that have not been changed lately.
        unsettled_count: Files that may still be written.
    """

    stamp: str
    settled_count: int
    unsettled_count: int


def look(folder: Path, settled_before: float, how: str = "") -> Inbox:
    """Returns what lies in a folder and those below it.

    Args:
        folder: The inbox.
        settled_before: Seconds since the epoch; what was changed later may still be written.
        how: What else decides what is taken in, limits and the code say: with another of it an
            inbox counts as changed.

    Raises:
        OSError: The folder itself cannot be read.
    """
    digest = hashlib.sha256(how.encode())
    settled = unsettled = 0
    for path, found in sorted(_files(folder)):
        if found.st_mtime > settled_before:
            unsettled += 1
            continue
        settled += 1
        named = f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ino}\n"
        digest.update(named.encode("utf-8", "surrogateescape"))
    return Inbox(digest.hexdigest(), settled, unsettled)


def is_known(home: Home, folder: Path, found: Inbox) -> bool:
    """Returns whether an inbox is as it was when it was last taken in whole."""
    return _stamps(home).get(str(folder)) == found.stamp


def note(home: Home, folder: Path, found: Inbox) -> None:
    """Keeps that an inbox was taken in as it is; to be called under the writer lock."""
    stamps = {**_stamps(home), str(folder): found.stamp}
    disk.write_whole(_path(home), json.dumps(stamps, sort_keys=True).encode())


def _stamps(home: Home) -> dict[str, str]:
    try:
        return dict(json.loads(_path(home).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}  # lost: the inbox is looked through once more, and nothing in it is new


def _path(home: Home) -> Path:
    return home.root / "inboxes.json"


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                listed = list(entries)
        except OSError:
            if here == folder:
                raise
            continue
        for entry in listed:
            with suppress(OSError):  # it vanished
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                else:
                    yield entry.path, entry.stat()
