"""The commit protocol: a batch exists if and only if its `commit.json` stands.

A batch is laid down under `staging/`, where a kill leaves nothing that counts. Committing moves
the WARC file into `archive/`, then the Parquet files into `lake/derived/<batch_id>/`, and writes
`commit.json` last. Each step is durable before the next, and each can be found half done: a WARC
file without a commit is kept, to be read again; Parquet without one is removed.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warehouse import disk, events, lake
from warehouse.home import Home
from warehouse.schema import DERIVED_SCHEMA_ID, DERIVED_TABLES
from warehouse.sealed import rendered, sealed, unsealed
from warehouse.staging import WARC_SUFFIX, FileEntry
from warehouse.staging import Staged as Staged
from warehouse.staging import batch_id_of as batch_id_of
from warehouse.staging import stage as stage
from warehouse.staging import warc_path as warc_path
from warehouse.superseded import keep_readings

_FORMAT = 3
_UNSEALED_FORMAT = 1  # of homes made before commits were sealed
_UNVERSIONED_FORMAT = 2  # of homes made before commits named the version of their tables
_COMMIT = "commit.json"
_NEWER = "{}, which a newer version of this program has written; use that version for this home"


@dataclass(frozen=True, slots=True)
class Commit:
    """A committed batch; `sha256` is the digest of its commit.json.

    `schema_id` is the version of its tables, None where the commit is older than that.
    """

    batch_id: str
    code_version: str
    files: tuple[FileEntry, ...]
    sha256: str
    schema_id: str | None

    @property
    def is_current(self) -> bool:
        """Whether its tables are those that this code writes."""
        return self.schema_id == DERIVED_SCHEMA_ID

    def has_table(self, table: str) -> bool:
        """Returns whether it has the table at all: an older schema may not have known it."""
        return any(Path(file.path).stem == table for file in self.files)

    @property
    def capture_count(self) -> int:
        """How many captures the batch holds."""
        return next(file.row_count for file in self.files if file.path.endswith(WARC_SUFFIX))

    def table_path(self, home: Home, table: str) -> Path:
        """The Parquet file of one of the batch's tables."""
        return home.derived / self.batch_id / f"{table}.parquet"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a run before this one left unfinished.

    Args:
        removed: Paths below the home that were removed; nothing in them was committed.
        uncommitted: WARC files that no commit lists; they are kept, to be read again.
    """

    removed: tuple[str, ...]
    uncommitted: tuple[Path, ...]


class CommitDamaged(Exception):
    """A committed batch cannot be read; the message names the file and what to do."""


class HomeIsNewer(Exception):
    """Newer code has written to the home what this code does not know, and would lose."""


class ArchiveChanged(Exception):
    """Preserved bytes are not those that were committed; nothing is derived of them."""


class ArchiveOccupied(Exception):
    """The archive holds other bytes under the batch's name; preserved bytes are never replaced."""


def commit(home: Home, staged: Staged) -> None:
    """Makes a staged batch part of the home; a batch that is committed already is left alone."""
    folder = home.staging / staged.folder
    target = home.derived / staged.batch_id
    if (target / _COMMIT).exists():
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
    disk.write_whole(target / _COMMIT, _commit_bytes(staged))


def supersede_derived(home: Home, committed: Commit, staged: Staged) -> None:
    """Puts a batch that was derived anew in its place, if from the bytes that were committed.

    Other bytes that can be read all the same would be committed as if they were the preserved
    ones, and nothing would ever find the damage.

    Raises:
        ArchiveChanged: The WARC file has other bytes, or other captures; what was staged is gone.
    """
    archived = {file for file in committed.files if file.path.endswith(WARC_SUFFIX)}
    if not archived <= set(staged.files):
        disk.remove_tree(home.staging / staged.folder)
        place = ", ".join(file.path for file in archived)
        raise ArchiveChanged(f"{place} does not have the bytes that were committed")
    supersede(home, staged)


def supersede(home: Home, staged: Staged) -> None:
    """Puts a batch that was derived anew in the place of what was derived of it before."""
    keep_superseded(home, staged)
    withdraw(home, staged.batch_id)
    commit(home, staged)


def keep_superseded(home: Home, staged: Staged) -> None:
    """Keeps what other code than that of a staged batch read in its captures (`superseded`)."""
    with suppress(CommitDamaged, OSError):
        old = read_commit(home.derived / staged.batch_id / _COMMIT)
        if old.sha256 != hashlib.sha256(_commit_bytes(staged)).hexdigest():
            keep_readings(home, old.batch_id, old.sha256, old.code_version, _digests(old))


def withdraw(home: Home, batch_id: str) -> None:
    """Removes what was derived of a batch, its commit first; what is archived stays.

    From here the batch's WARC file is one that no commit lists, until it is committed again.
    """
    disk.remove_file(home.derived / batch_id / _COMMIT)
    disk.remove_tree(home.derived / batch_id)


def read_commits(home: Home) -> list[Commit]:
    """Returns the committed batches in order of their ids.

    Raises:
        CommitDamaged: A commit.json cannot be read.
    """
    return [read_commit(path) for path in commit_paths(home)]


def commit_paths(home: Home) -> list[Path]:
    """Returns the commit.json of each committed batch, in order of the batches' ids."""
    return sorted(home.derived.glob(f"*/{_COMMIT}"))


def read_commit(path: Path) -> Commit:
    """Returns the commit that a commit.json tells of.

    Raises:
        CommitDamaged: It cannot be read.
        HomeIsNewer: It is sound, and of a format that only newer code knows.
    """
    return commit_of(path.read_bytes(), str(path))


def commit_of(content: bytes, name: str) -> Commit:
    """Returns the commit that the bytes of a commit.json tell of; `name` is for the errors.

    Raises:
        CommitDamaged: It cannot be read.
        HomeIsNewer: It is sound, and of a format that only newer code knows.
    """
    try:
        fields = _fields(content)
        return Commit(
            batch_id=fields["batch_id"],
            code_version=fields["code_version"],
            files=tuple(FileEntry(**file) for file in fields["files"]),
            sha256=hashlib.sha256(content).hexdigest(),
            schema_id=fields["schema_id"] if fields["format"] == _FORMAT else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CommitDamaged(f"{name}: {error}; `refworld repair` mends it") from error


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
    for path in commit_paths(home):
        with suppress(CommitDamaged, OSError):
            entry = read_commit(path)
            if not entry.is_current:
                _refuse_unknown(home, entry)


def _refuse_unknown(home: Home, entry: Commit) -> None:
    known = {table.name: set(table.column_names) for table in DERIVED_TABLES}
    paths = [home.root / f.path for f in entry.files if not f.path.endswith(WARC_SUFFIX)]
    for path in paths:
        with suppress(*lake.UNREADABLE):  # a damaged table is what deriving anew is for
            if strange := set(lake.column_names(path)) - known.get(path.stem, set()):
                raise HomeIsNewer(_NEWER.format(f"{path} has the column {min(strange)!r}"))


def known_capture_ids(home: Home) -> set[bytes]:
    """Returns the ids of all committed captures, 32 bytes each.

    Raises:
        CommitDamaged: A batch's table of captures cannot be read.
    """
    known: set[bytes] = set()
    for entry in read_commits(home):
        path = entry.table_path(home, "captures")
        try:
            ids = lake.read_table(path, ["capture_id"]).column(0).to_pylist()
        except (OSError, ValueError) as error:
            raise CommitDamaged(f"{path}: {error}; `refworld rebuild` derives it anew") from error
        known.update(map(bytes.fromhex, ids))
    return known


def uncommitted_archives(home: Home) -> list[Path]:
    """Returns the WARC files that no commit lists, in order of their names."""
    return [
        path
        for path in sorted(home.archive.glob(f"*{WARC_SUFFIX}"))
        if not (home.derived / path.name.removesuffix(WARC_SUFFIX) / _COMMIT).exists()
    ]


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


def recover_needed(home: Home) -> int:
    """Returns how many things killed runs have left unfinished; they are left where they are."""
    return len(_leftovers(home)) + len(uncommitted_archives(home))


def _leftovers(home: Home) -> list[Path]:
    return [
        *home.staging.glob("*"),
        *(f for f in home.derived.glob("*") if not (f / _COMMIT).exists()),
        *drafts(home),
        *events.told_marks(home),
    ]


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


def _digests(entry: Commit) -> dict[str, str]:
    """Returns the digest of each table that makes a batch's readings."""
    found = {Path(file.path).stem: file.sha256 for file in entry.files}
    return {name: found[name] for name in ("captures", "document_versions")}


def _fields(content: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(content)
    if fields["format"] != _UNSEALED_FORMAT:
        fields = unsealed(content)
        if fields["format"] not in (_FORMAT, _UNVERSIONED_FORMAT):
            raise HomeIsNewer(_NEWER.format(f"a commit has the format {fields['format']}"))
        return fields
    if rendered(fields) != content or "seal" in fields:
        raise ValueError("its bytes are not those that were written")
    return fields


def _commit_bytes(staged: Staged) -> bytes:
    content = {
        "format": _FORMAT,
        "batch_id": staged.batch_id,
        "code_version": staged.code_version,
        "schema_id": DERIVED_SCHEMA_ID,
        "files": [asdict(file) for file in sorted(staged.files, key=lambda file: file.path)],
    }
    return sealed(content)
