"""The names that files of a home have in a bucket, and which names are believed."""

from __future__ import annotations

import hashlib
import re

from warehouse.staging import FileEntry

ARCHIVE = "archive/"
DERIVED = "lake/derived/"
EVENTS = "lake/events/"
COMMIT = "commit.json"
SEAL = "events.json"
STARTED = ".started.json"
_DIGITS = 16
_COMMITTED = re.compile(r"lake/derived/([0-9a-f]{32})/commit\.json", re.ASCII)
_SEALED = re.compile(r"lake/events/([0-9A-Za-z-]{1,200})/events\.json", re.ASCII)
_MARK = re.compile(r"lake/events/([0-9A-Za-z-]{1,200})\.started\.json", re.ASCII)
_WARC = re.compile(r"archive/([0-9a-f]{32})\.warc\.gz", re.ASCII)
_TABLE = re.compile(r"[a-z_]{1,60}\.parquet", re.ASCII)


class OddName(Exception):
    """A list in the bucket names a file that does not belong to it."""


def generation_of(listing: bytes) -> str:
    """Returns the generation of the files that a `commit.json` or `events.json` lists."""
    return hashlib.sha256(listing).hexdigest()[:_DIGITS]


def object_path(entry: FileEntry, listing_path: str, generation: str) -> str:
    """Returns where in the bucket a listed file lies.

    Args:
        entry: The file.
        listing_path: Path of the `commit.json` or `events.json` that lists it.
        generation: Of that list.

    Raises:
        OddName: The file is none of the list's own: whoever wrote it wants another one replaced.
    """
    if _WARC.fullmatch(entry.path):
        if batch_of_warc(entry.path) == batch_of_commit(listing_path):
            return entry.path
        raise OddName(f"{listing_path} lists {entry.path}")
    folder, _, name = entry.path.rpartition("/")
    if folder != listing_path.rpartition("/")[0] or not _TABLE.fullmatch(name):
        raise OddName(f"{listing_path} lists {entry.path}")
    return f"{folder}/{generation}/{name}"


def batch_of_commit(path: str) -> str | None:
    """Returns the batch of which a path is the commit."""
    found = _COMMITTED.fullmatch(path)
    return found[1] if found else None


def batch_of_warc(path: str) -> str | None:
    """Returns the batch of which a path is the WARC file."""
    found = _WARC.fullmatch(path)
    return found[1] if found else None


def folder_of_seal(path: str) -> str | None:
    """Returns the folder of events of which a path is the list."""
    found = _SEALED.fullmatch(path)
    return found[1] if found else None


def run_of_mark(path: str) -> str | None:
    """Returns the run of which a path is the mark of its start."""
    found = _MARK.fullmatch(path)
    return found[1] if found else None
