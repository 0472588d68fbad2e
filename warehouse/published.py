"""The published file: put in its place in one step, and known again by its digest.

Whoever opens a DuckDB file without asking for read-only may write to it, checkpoints into it,
locks all others out of it and leaves a log beside it. None of that reaches the archive: only a
file with the very bytes that were published is built upon or copied. Their digest stands beside
it, in the form that `sha256sum --check` reads.
"""

from __future__ import annotations

import errno
from pathlib import Path

from warehouse import disk
from warehouse.home import Home

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def wal_of(path: Path) -> Path:
    """Returns where DuckDB keeps the log of a database file."""
    return path.with_name(f"{path.name}.wal")


def published_digests(home: Home) -> frozenset[str]:
    """Returns the digests (hex) that the published file may have: one, or two while it changes.

    None when nobody has written it down, or it cannot be read: the file is then anybody's.
    """
    try:
        lines = home.database_digest.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return frozenset()
    return frozenset(line.partition(" ")[0] for line in lines)


def copy_published(home: Home, target: Path) -> bool:
    """Copies the published file if it is, byte for byte, the one that was published.

    A copy locks nobody out and is locked by nobody. What another process writes meanwhile, or has
    written into a log beside the file, is not in it.

    Args:
        home: The data home.
        target: Where the copy goes; nothing is left there when it is not what was published.

    Returns:
        Whether the copy is there.

    Raises:
        OSError: There is no room for the copy.
    """
    known = published_digests(home)
    if not known or not home.database.is_file():
        return False
    try:
        digest = disk.copy_hashed(home.database, target)
    except OSError as error:
        disk.remove_file(target)
        if error.errno in _FULL:
            raise
        return False
    # Without the writer lock, the file may have been replaced since.
    is_known = digest in known | published_digests(home)
    if not is_known:
        disk.remove_file(target)
    return is_known


def is_as_published(home: Home) -> bool:
    """Returns whether the published file has the bytes that were published; reads all of it."""
    try:
        return disk.sha256_of(home.database) in published_digests(home)
    except OSError:
        return False


def put_in_place(home: Home, draft: Path) -> None:
    """Makes a finished draft the published file, in one step; readers keep what they have open.

    Args:
        home: The data home.
        draft: The new file, in a folder for drafts, where the digest is drafted too.
    """
    digest = disk.sha256_of(draft)
    disk.sync_file(draft)
    # Killed between the two, the one or the other file is there, and either is known.
    _write_digests(home, draft.parent, [digest, *sorted(published_digests(home) - {digest})])
    _clear_place(home)
    disk.replace(draft, home.database)
    _write_digests(home, draft.parent, [digest])


def clear_log(home: Home) -> None:
    """Removes the log that a process which wrote to the published file has left beside it."""
    disk.remove_tree(wal_of(home.database))


def _clear_place(home: Home) -> None:
    # A log left by a writer that is none of ours belongs to the file that now goes.
    clear_log(home)
    if home.database.is_dir() and not home.database.is_symlink():
        # No file can be renamed over a folder; what somebody has put there is kept.
        folder = disk.make_draft_folder(home.damaged, "database")
        disk.replace(home.database, folder / home.database.name)


def _write_digests(home: Home, drafts: Path, digests: list[str]) -> None:
    lines = (f"{digest}  {home.database.name}\n" for digest in digests)
    draft = drafts / home.database_digest.name
    disk.write_whole(draft, "".join(lines).encode("ascii"))
    disk.replace(draft, home.database_digest)
