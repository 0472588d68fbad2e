"""The bytes of archive and lake against the digests that their commits give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from warehouse import disk
from warehouse.commits import Commit, uncommitted_archives
from warehouse.faults import Fault
from warehouse.home import Home
from warehouse.staging import FileEntry

_GONE = "nothing"


def check_files(
    home: Home, commits: Sequence[Commit], now: Callable[[], datetime]
) -> tuple[list[Fault], list[dict[str, Any]]]:
    """Reads every committed file and compares it with its commit.

    Returns:
        The faults, and a row of `fixity_checks` per file, which lacks only its `run_id`.
    """
    faults: list[Fault] = []
    rows: list[dict[str, Any]] = []
    for entry in (file for commit in commits for file in commit.files):
        actual = _digest(home, entry)
        if actual != entry.sha256:
            what = "the bytes are not those committed" if actual else "the file is gone"
            faults.append(Fault(entry.path, what, entry.sha256, actual or _GONE))
        rows.append(
            {
                "seq": len(rows),
                "checked_at": now(),
                "file": entry.path,
                "expected_sha256": entry.sha256,
                "actual_sha256": actual,
                "is_intact": actual == entry.sha256,
            }
        )
    return [*faults, *_unlisted(home, commits)], rows


def _digest(home: Home, entry: FileEntry) -> str | None:
    try:
        return disk.sha256_of(home.root / entry.path)
    except FileNotFoundError:
        return None
    except OSError as error:
        # A disk that no longer gives the bytes has lost them as well as one that gives others.
        return f"unreadable: {error.strerror}"


def _unlisted(home: Home, commits: Sequence[Commit]) -> list[Fault]:
    listed = {home.root / file.path for commit in commits for file in commit.files}
    strays = [
        path
        for path in sorted(home.derived.glob("*/*"))
        if path not in listed and path.name != "commit.json"
    ]
    faults = [
        Fault(path.relative_to(home.root).as_posix(), "no commit lists it", _GONE, "a file")
        for path in strays
    ]
    for path in uncommitted_archives(home):
        place = path.relative_to(home.root).as_posix()
        advice = "a WARC file, which the next ingest reads"
        faults.append(Fault(place, "no commit lists it", "a commit.json of its batch", advice))
    return faults
