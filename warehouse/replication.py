"""A second copy of archive and lake that is a whole home at any time.

A batch goes over as it is committed: its WARC file, then its Parquet, its commit.json last; the
events of a run with their digests last. What is damaged stays where it is, so that it never takes
the place of what is sound, and what only the copy has is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import disk
from warehouse.commits import clear_spent_packs, withdraw
from warehouse.committed import COMMIT, PACK, live_members
from warehouse.events import SEAL
from warehouse.faults import Fault
from warehouse.fixity import check_commit, check_entry, check_pack, check_seal
from warehouse.home import Home
from warehouse.replacing import bring
from warehouse.staging import WARC_SUFFIX, FileEntry

_KNOWN = {
    "archive",
    "fetched",
    "lake",
    "staging",
    "damaged",
    "prefect",
    "refworld.duckdb",
    "writer.lock",
}


@dataclass(slots=True)
class Replicated:
    """What a replication did.

    Args:
        copied_count: Files that the copy lacked, or had damaged, and now has.
        copied_bytes: Their bytes.
        present_count: Files that the copy had, read again and found sound.
        faults: What is damaged or gone in the source and was not copied.
        extras: Files that only the copy has.
    """

    copied_count: int = 0
    copied_bytes: int = 0
    present_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)


class NoPlaceForCopy(Exception):
    """A folder cannot take a copy; the message says why."""


def check_destination(home: Home, copy: Home) -> None:
    """Refuses a folder that lies in the home, around it, or holds what is none of ours.

    Raises:
        NoPlaceForCopy: It is such a folder.
    """
    here, there = home.root.resolve(), copy.root.resolve()
    if here.is_relative_to(there) or there.is_relative_to(here):
        raise NoPlaceForCopy(f"{copy.root} and the data home {home.root} lie in each other")
    if copy.root.exists() and not copy.root.is_dir():
        raise NoPlaceForCopy(f"{copy.root} is no folder")
    names = {path.name for path in copy.root.glob("*")}
    if foreign := sorted(names - _KNOWN):
        raise NoPlaceForCopy(
            f"{copy.root} holds {foreign[0]!r}, which no copy of a data home does; "
            "give an empty folder, or one that holds a copy"
        )


def replicate(
    home: Home, copy: Home, label: str, on_unit: Callable[[int], None] | None = None
) -> Replicated:
    """Brings a copy up to what is committed; both homes' writer locks are held by the caller.

    Each file is read again after it arrived, and files that were there already are read as well.

    Args:
        home: The data home.
        copy: The copy.
        label: Name for what is found damaged in the copy, below its damaged/.
        on_unit: Told after each batch and each run's events.
    """
    done = Replicated()
    batches = sorted(home.derived.glob("*"))
    runs = sorted(path for path in home.events.glob("*") if path.is_dir())
    for folder in [*batches, *runs]:
        if (folder / PACK).exists():
            _replicate_pack(home, copy, folder, label, done)
        elif folder.parent == home.derived:
            _replicate_batch(home, copy, folder, label, done)
        else:
            _replicate_events(home, copy, folder, label, done)
        if on_unit:
            on_unit(1)
    clear_spent_packs(copy)
    done.extras.extend(_extras(home, copy))
    return done


def _replicate_batch(home: Home, copy: Home, folder: Path, label: str, done: Replicated) -> None:
    commit, check = check_commit(home, folder)
    if commit is None:
        done.faults.extend([check.fault] if check.fault else [])
        return
    archived = [entry for entry in commit.files if entry.path.endswith(WARC_SUFFIX)]
    derived = [entry for entry in commit.files if entry not in archived]
    if not _bring_all(home, copy, archived, label, done):
        return
    _bring_folder(home, copy, folder, COMMIT, derived, label, done)


def _replicate_pack(home: Home, copy: Home, folder: Path, label: str, done: Replicated) -> None:
    pack, check = check_pack(home, folder)
    if pack is None:
        done.faults.extend([check.fault] if check.fault else [])
        return
    members = live_members(home, pack)
    archived = [commit.archived for commit in members]
    if not _bring_all(home, copy, archived, label, done):
        return
    if _bring_folder(home, copy, folder, PACK, pack.tables, label, done):
        # Where the copy has them as they were before they were put together, that counts no more.
        for commit in members:
            if (copy.derived / commit.batch_id).exists():
                withdraw(copy, commit.batch_id)


def _bring_folder(
    home: Home,
    copy: Home,
    folder: Path,
    last: str,
    tables: Sequence[FileEntry],
    label: str,
    done: Replicated,
) -> bool:
    """Puts a folder of tables that the copy lacks, or has otherwise, in its place.

    Returns whether the copy has it whole; `last` is the file that makes it count.
    """
    target = copy.derived / folder.name
    if _is_same(folder / last, target / last):
        are_there = _bring_all(home, copy, tables, label, done)
        done.present_count += 1
        return are_there
    draft = _drafted(home, copy, folder.name, tables, done)
    if draft is None:
        return False
    disk.remove_file(target / last)
    disk.remove_tree(target)
    disk.make_folder(copy.derived)
    disk.replace(draft, target)
    _write_last(folder / last, target / last, done)
    return True


def _replicate_events(home: Home, copy: Home, folder: Path, label: str, done: Replicated) -> None:
    entries, check = check_seal(home, folder)
    if entries is None:
        place = folder.relative_to(home.root).as_posix()
        what = "no digest is recorded for the events of this run"
        fault = check.fault if check else Fault(place, what, SEAL, "nothing")
        done.faults.extend([fault] if fault else [])
        return
    target = copy.events / folder.name
    # What the run left elsewhere comes first, as a batch's WARC file does.
    elsewhere = [entry for entry in entries if (home.root / entry.path).parent != folder]
    entries = [entry for entry in entries if entry not in elsewhere]
    if not _bring_all(home, copy, elsewhere, label, done):
        return
    if _is_same(folder / SEAL, target / SEAL):
        _bring_all(home, copy, entries, label, done)
        done.present_count += 1
    elif target.exists():
        disk.remove_file(target / SEAL)
        if _bring_all(home, copy, entries, label, done):
            _write_last(folder / SEAL, target / SEAL, done)
    else:
        draft = _drafted(home, copy, folder.name, entries, done)
        if draft is not None:
            _write_last(folder / SEAL, draft / SEAL, done)
            disk.make_folder(copy.events)
            disk.replace(draft, target)


def _bring_all(
    home: Home, copy: Home, entries: Sequence[FileEntry], label: str, done: Replicated
) -> bool:
    """Returns whether the copy now has all of these files."""
    are_there = True
    for entry in entries:
        if check_entry(copy, entry).fault is None:
            done.present_count += 1
        elif bring(home, copy, entry, label):
            _count(entry, done)
        else:
            are_there = False
            _add_fault(home, entry, done)
    return are_there


def _drafted(
    home: Home, copy: Home, name: str, entries: Sequence[FileEntry], done: Replicated
) -> Path | None:
    """Returns a folder in the copy's staging with all of these files, None when one is damaged."""
    draft = disk.make_draft_folder(copy.staging, name)
    damaged = [
        entry
        for entry in entries
        if check_entry(home, entry).fault
        or not disk.copy_verified(
            home.root / entry.path, draft / Path(entry.path).name, entry.sha256
        )
    ]
    for entry in damaged:
        _add_fault(home, entry, done)
    if damaged:
        disk.remove_tree(draft)
        return None
    for entry in entries:
        _count(entry, done)
    return draft


def _write_last(source: Path, target: Path, done: Replicated) -> None:
    content = source.read_bytes()
    disk.write_whole(target, content)
    done.copied_count += 1
    done.copied_bytes += len(content)


def _count(entry: FileEntry, done: Replicated) -> None:
    done.copied_count += 1
    done.copied_bytes += entry.byte_length


def _add_fault(home: Home, entry: FileEntry, done: Replicated) -> None:
    fault = check_entry(home, entry).fault
    done.faults.extend([fault] if fault else [])


def _is_same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def _extras(home: Home, copy: Home) -> list[str]:
    held = (path for top in ("archive", "fetched", "lake") for path in (copy.root / top).rglob("*"))
    places = (path.relative_to(copy.root) for path in held if path.is_file())
    return sorted(place.as_posix() for place in places if not (home.root / place).exists())
