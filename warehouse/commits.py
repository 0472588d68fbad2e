"""The commit protocol: a batch exists if and only if its `commit.json` stands.

A batch is laid down under `staging/`, where a kill leaves nothing that counts. Committing moves
the WARC file into `archive/`, then the Parquet files into `lake/derived/<batch_id>/`, and writes
`commit.json` last. Each step is durable before the next, and each can be found half done: a WARC
file without a commit is kept, to be read again; Parquet without one is removed. Small batches are
later put together in packs (`warehouse/compaction.py`).
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from warehouse import disk, events, lake
from warehouse.committed import COMMIT as COMMIT
from warehouse.committed import PACK as PACK
from warehouse.committed import Commit as Commit
from warehouse.committed import CommitDamaged as CommitDamaged
from warehouse.committed import HomeIsNewer as HomeIsNewer
from warehouse.committed import commit_bytes as commit_bytes
from warehouse.committed import commit_of as commit_of
from warehouse.committed import commit_paths as commit_paths
from warehouse.committed import (
    find_commit,
    readable_commits,
    spent_packs,
    unknown_format,
)
from warehouse.committed import known_capture_ids as known_capture_ids
from warehouse.committed import read_commit as read_commit
from warehouse.committed import read_commits as read_commits
from warehouse.committed import uncommitted_archives as uncommitted_archives
from warehouse.home import Home
from warehouse.schema import DERIVED_TABLES
from warehouse.staging import Staged as Staged
from warehouse.staging import batch_id_of as batch_id_of
from warehouse.staging import stage as stage
from warehouse.staging import warc_path as warc_path
from warehouse.superseded import keep_readings


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a run before this one left unfinished.

    Args:
        removed: Paths below the home that were removed; nothing in them was committed.
        uncommitted: WARC files that no commit lists; they are kept, to be read again.
    """

    removed: tuple[str, ...]
    uncommitted: tuple[Path, ...]


class ArchiveChanged(Exception):
    """Preserved bytes are not those that were committed; nothing is derived of them."""


class ArchiveOccupied(Exception):
    """The archive holds other bytes under the batch's name; preserved bytes are never replaced."""


def commit(home: Home, staged: Staged) -> None:
    """Makes a staged batch part of the home; a batch that is committed already is left alone."""
    folder = home.staging / staged.folder
    target = home.derived / staged.batch_id
    if (target / COMMIT).exists():
        # Whoever wrote it may have been killed before its name was durable.
        disk.sync_folder(target)
        disk.remove_tree(folder)
        return
    disk.make_folder(home.derived)
    _archive(home, staged, folder)
    # When an earlier attempt got as far as the move, only the commit is lacking.
    if folder.exists():
        disk.remove_tree(target)
        disk.replace(folder, target)
    disk.write_whole(target / COMMIT, commit_bytes(staged))


def supersede_derived(home: Home, committed: Commit, staged: Staged) -> None:
    """Puts a batch that was derived anew in its place, if from the bytes that were committed.

    Other bytes that can be read all the same would be committed as if they were the preserved
    ones, and nothing would ever find the damage.

    Raises:
        ArchiveChanged: The WARC file has other bytes, or other captures; what was staged is gone.
    """
    if committed.archived not in staged.files:
        disk.remove_tree(home.staging / staged.folder)
        place = committed.archived.path
        raise ArchiveChanged(f"{place} does not have the bytes that were committed")
    supersede(home, staged, committed)


def supersede(home: Home, staged: Staged, committed: Commit | None = None) -> None:
    """Puts a batch that was derived anew in the place of what was derived of it before.

    Where that lies in a pack, it is left there, and says nothing any more.
    """
    committed = committed or find_commit(home, staged.batch_id)
    if committed is not None:
        keep_superseded(home, staged, committed)
    withdraw(home, staged.batch_id)
    commit(home, staged)


def keep_superseded(home: Home, staged: Staged, committed: Commit) -> None:
    """Keeps what other code than that of a staged batch read in its captures (`superseded`)."""
    if committed.sha256 != hashlib.sha256(commit_bytes(staged)).hexdigest():
        with suppress(OSError):
            keep_readings(home, committed)


def withdraw(home: Home, batch_id: str) -> None:
    """Removes the folder of a batch, its commit first; what is archived stays.

    From here, unless a pack has it, the batch's WARC file is one that no commit lists, until it is
    committed again.
    """
    disk.remove_file(home.derived / batch_id / COMMIT)
    disk.remove_tree(home.derived / batch_id)


def older_batches(home: Home) -> list[Commit]:
    """Returns the batches whose tables are of an older schema than this code writes.

    Raises:
        CommitDamaged: A commit.json cannot be read.
        HomeIsNewer: A batch has a table or a column that this code does not know: to derive it
            anew would give up what newer code has read.
    """
    older = [entry for entry in read_commits(home) if not entry.is_current]
    for entry in older:
        _refuse_unknown(home, entry)
    return older


def refuse_newer(home: Home) -> None:
    """Refuses a home that newer code has written to; what is damaged has no say.

    Raises:
        HomeIsNewer: It is such a home.
    """
    for entry in readable_commits(home):
        if not entry.is_current:
            _refuse_unknown(home, entry)


def _refuse_unknown(home: Home, entry: Commit) -> None:
    known = {table.name: set(table.column_names) for table in DERIVED_TABLES}
    for path in (home.root / file.path for file in entry.tables):
        with suppress(*lake.UNREADABLE):  # a damaged table is what deriving anew is for
            if strange := set(lake.column_names(path)) - known.get(path.stem, set()):
                raise unknown_format(f"{path} has the column {min(strange)!r}")


def recover(home: Home) -> Recovered:
    """Clears away what killed runs left unfinished; to be called under the writer lock.

    When it returns, what it leaves standing is durable.
    """
    _make_names_durable(home)
    leftovers = _leftovers(home)
    for path in leftovers:
        disk.remove_tree(path)
    return Recovered(
        removed=tuple(sorted(path.relative_to(home.root).as_posix() for path in leftovers)),
        uncommitted=tuple(uncommitted_archives(home)),
    )


def clear_spent_packs(home: Home) -> None:
    """Removes the packs that say nothing any more."""
    for folder in spent_packs(home):
        disk.remove_tree(folder)


def recover_needed(home: Home) -> int:
    """Returns how many things killed runs have left unfinished; they are left where they are."""
    return len(_leftovers(home)) + len(uncommitted_archives(home))


def _leftovers(home: Home) -> list[Path]:
    return [
        *home.staging.glob("*"),
        *spent_packs(home),
        *(f for f in home.derived.glob("*") if not _is_committed(f)),
        *drafts(home),
        *events.told_marks(home),
    ]


def _is_committed(folder: Path) -> bool:
    return (folder / COMMIT).exists() or (folder / PACK).exists()


def drafts(home: Home) -> list[Path]:
    """Returns the drafts of single files that killed writers left beside their targets."""
    places = (
        home.archive.glob(f".*{disk.DRAFT_SUFFIX}"),
        home.root.glob(f"lake/**/.*{disk.DRAFT_SUFFIX}"),
    )
    return sorted(path for found in places for path in found)


def _make_names_durable(home: Home) -> None:
    """Waits for every name that a killed run may have given without waiting for it.

    What this run finds it counts as kept, and its sources may be gone by the next loss of power.
    """
    folders = [home.root.parent, home.root, home.archive, home.fetched, home.derived.parent]
    for parent in (home.derived, home.events):
        folders += [parent, *sorted(parent.glob("*/"))]
    for folder in folders:
        if folder.is_dir():
            disk.sync_folder(folder)


def _archive(home: Home, staged: Staged, folder: Path) -> None:
    archived = warc_path(home, staged.batch_id)
    fresh = folder / archived.name
    if not fresh.exists():
        return
    if not archived.exists():
        disk.make_folder(home.archive)
        disk.replace(fresh, archived)
    elif disk.sha256_of(archived) == disk.sha256_of(fresh):
        disk.remove_file(fresh)
    else:
        raise ArchiveOccupied(f"{archived} has other bytes than what was staged; run again")
