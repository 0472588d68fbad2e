"""The bytes of archive and lake against the digests that are recorded for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse import disk
from warehouse.committed import (
    COMMIT,
    PACK,
    Commit,
    CommitDamaged,
    Pack,
    read_commit,
    read_pack,
    uncommitted_archives,
)
from warehouse.events import SEAL, read_seal, read_started
from warehouse.faults import Fault
from warehouse.home import Home
from warehouse.sealed import SealBroken
from warehouse.staging import WARC_SUFFIX, FileEntry

_GONE = "nothing"
_SEALED = "a file as it was written, with its seal"


@dataclass(frozen=True, slots=True)
class FileCheck:
    """One file, compared with the digest that is recorded for it.

    Args:
        file: Path below the home.
        expected: Digest recorded; None where none is, or none can be read.
        actual: Digest found; None when the file is gone or was not hashed.
        fault: What is wrong with its bytes.
    """

    file: str
    expected: str | None
    actual: str | None
    fault: Fault | None


def check_entry(
    home: Home, entry: FileEntry, on_read: Callable[[int], None] | None = None
) -> FileCheck:
    """Reads a file and compares it with its entry in a commit or among the events."""
    actual = _digest(home.root / entry.path, on_read)
    fault = None
    if actual != entry.sha256:
        what = "the bytes are not those committed" if actual else "the file is gone"
        fault = Fault(entry.path, what, entry.sha256, actual or _GONE)
    return FileCheck(entry.path, entry.sha256, actual, fault)


def check_commit(home: Home, folder: Path) -> tuple[Commit | None, FileCheck]:
    """Reads the commit.json of a batch; the commit is None when it cannot be trusted."""
    path = folder / COMMIT
    try:
        commit = read_commit(path)
    except (CommitDamaged, OSError) as error:
        return None, _broken(home, path, "the commit cannot be read", "a commit", str(error))
    if commit.batch_id != folder.name:
        what = "it commits another batch"
        return None, _broken(home, path, what, folder.name, commit.batch_id)
    return commit, _whole(home, path)


def check_pack(home: Home, folder: Path) -> tuple[Pack | None, FileCheck]:
    """Reads the pack.json of a pack; the pack is None when it cannot be trusted."""
    path = folder / PACK
    try:
        return read_pack(path), _whole(home, path)
    except (CommitDamaged, OSError) as error:
        return None, _broken(home, path, "the pack cannot be read", "a pack", str(error))


def check_seal(home: Home, folder: Path) -> tuple[list[FileEntry] | None, FileCheck | None]:
    """Reads the digests of a run's events: None and no check where none are recorded."""
    path = folder / SEAL
    if not path.exists():
        return None, None
    try:
        return read_seal(path), _whole(home, path)
    except (SealBroken, OSError, KeyError, TypeError) as error:
        what = "the digests of the run's events cannot be read"
        return None, _broken(home, path, what, _SEALED, str(error))


def check_started(home: Home, path: Path) -> FileCheck:
    """Reads the mark of a run's start."""
    try:
        read_started(path)
    except (SealBroken, OSError, ValueError) as error:
        return _broken(home, path, "the start of a run cannot be read", _SEALED, str(error))
    return _whole(home, path)


def strays(home: Home, folder: Path, entries: Iterable[FileEntry]) -> Iterator[Fault]:
    """Yields a fault for each file of a batch, pack or run's events that nothing lists."""
    listed = {home.root / entry.path for entry in entries}
    listed |= {folder / name for name in (COMMIT, PACK, SEAL)}
    for path in sorted(set(folder.glob("*")) - listed):
        place = path.relative_to(home.root).as_posix()
        yield Fault(place, "no commit lists it", _GONE, "a file")


def stray_archives(home: Home) -> Iterator[Fault]:
    """Yields a fault for each file in archive/ that no commit lists."""
    advice = "a WARC file, which the next ingest reads"
    for path in uncommitted_archives(home):
        place = path.relative_to(home.root).as_posix()
        yield Fault(place, "no commit lists it", "a commit.json of its batch", advice)
    for path in sorted(home.archive.glob("*")):
        if not path.name.endswith(WARC_SUFFIX):
            place = path.relative_to(home.root).as_posix()
            yield Fault(place, "no commit lists it", _GONE, "a file")


def damaged_files(checks: Sequence[FileCheck]) -> set[str]:
    """Returns the files whose bytes are not to be trusted."""
    return {check.file for check in checks if check.fault}


def _digest(path: Path, on_read: Callable[[int], None] | None) -> str | None:
    try:
        return disk.sha256_of(path, on_read)
    except FileNotFoundError:
        return None
    except OSError as error:
        # A disk that no longer gives the bytes has lost them as well as one that gives others.
        return f"unreadable: {error.strerror}"


def _whole(home: Home, path: Path) -> FileCheck:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return FileCheck(path.relative_to(home.root).as_posix(), digest, digest, None)


def _broken(home: Home, path: Path, what: str, expected: str, found: str) -> FileCheck:
    place = path.relative_to(home.root).as_posix()
    return FileCheck(place, None, _digest(path, None), Fault(place, what, expected, found))
