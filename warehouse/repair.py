"""Repair: exactly the damaged files are healed, from a copy or by deriving them anew.

A file is damaged when it does not have the digest that its commit, or its run's events.json, gives;
where that file is damaged itself, the copy's word is taken. Damaged bytes are never thrown away:
they go to damaged/<run>/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import disk
from warehouse.commits import (
    Staged,
    clear_spent_packs,
    commit,
    keep_superseded,
    supersede,
    supersede_derived,
    withdraw,
)
from warehouse.committed import (
    COMMIT,
    PACK,
    PACK_PREFIX,
    Commit,
    Pack,
    live_members,
    pack_paths,
    packed_commits,
)
from warehouse.events import SEAL, seal_events, started_paths
from warehouse.faults import Fault
from warehouse.fixity import (
    FileCheck,
    check_commit,
    check_entry,
    check_pack,
    check_seal,
    check_started,
)
from warehouse.home import Home
from warehouse.replacing import bring, put_aside
from warehouse.staging import WARC_SUFFIX, FileEntry, warc_path

FROM_COPY = "from the copy"
ANEW = "derived anew from the preserved bytes"
UNPACKED = "its batches are derived anew, each in a folder of its own"
SEALED = "its digests taken anew from tables that can be read"
ASIDE = "put aside; what it told of is not known"


@dataclass(frozen=True, slots=True)
class Healed:
    """A file that was damaged or gone, and how it was healed."""

    file: str
    how: str


@dataclass(slots=True)
class Repaired:
    """What a repair did.

    Args:
        healed: Files that were healed.
        lost: What is damaged and could not be healed.
        checks: What was found of each damaged file, before and after.
    """

    healed: list[Healed] = field(default_factory=list)
    lost: list[Fault] = field(default_factory=list)
    checks: list[FileCheck] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Healer:
    """What a repair works with.

    Args:
        home: The home that is damaged.
        copy: A copy of it; None when there is none.
        label: Name of the folder below damaged/ for what is replaced.
        stage_anew: Derives a batch from its WARC file, given its id.
    """

    home: Home
    copy: Home | None
    label: str
    stage_anew: Callable[[str], Staged]


def repair(healer: Healer) -> Repaired:
    """Heals all that can be healed; the home's writer lock is held by the caller."""
    done = Repaired()
    for path in pack_paths(healer.home):
        _repair_pack(healer, path.parent, done)
    clear_spent_packs(healer.home)
    packed = packed_commits(healer.home)
    for batch_id in _names(healer, "derived"):
        if batch_id not in packed:
            _repair_batch(healer, batch_id, done)
        elif not _is_healed(healer, packed[batch_id].archived, done):
            _lose(healer.home, packed[batch_id].archived, done)
    for run_id in _names(healer, "events"):
        _repair_events(healer, run_id, done)
    for path in started_paths(healer.home):
        check = check_started(healer.home, path)
        if check.fault:
            done.checks.append(check)
            put_aside(healer.home, path, healer.label)
            done.healed.append(Healed(check.file, ASIDE))
    return done


def _names(healer: Healer, folder: str) -> list[str]:
    homes = [healer.home, *([healer.copy] if healer.copy else [])]
    names = {p.name for h in homes for p in (h.root / "lake" / folder).glob("*") if p.is_dir()}
    if folder == "derived":
        names = {name for name in names if not name.startswith(PACK_PREFIX)}
        found = healer.home.archive.glob(f"*{WARC_SUFFIX}")
        names |= {path.name.removesuffix(WARC_SUFFIX) for path in found}
    return sorted(names)


def _repair_pack(healer: Healer, folder: Path, done: Repaired) -> None:
    """Heals the files of a pack; where no copy can, its batches get folders of their own again."""
    home = healer.home
    pack, check = check_pack(home, folder)
    if pack is None:
        done.checks.append(check)
        pack = _copied_pack(healer, folder.name)
        put_aside(home, folder / PACK, healer.label)
        if pack is None or healer.copy is None:
            # Its batches are now ones that nothing sound tells of but their WARC files.
            disk.remove_tree(folder)
            done.healed.append(Healed(check.file, UNPACKED))
            return
        disk.write_whole(folder / PACK, (healer.copy.derived / folder.name / PACK).read_bytes())
        done.healed.append(Healed(check.file, FROM_COPY))
        done.checks.append(check_pack(home, folder)[1])
    broken = [entry for entry in pack.tables if not _is_healed(healer, entry, done)]
    if not broken:
        return
    if _unpack(healer, pack, done):
        for entry in broken:
            put_aside(home, home.root / entry.path, healer.label)
            done.healed.append(Healed(entry.path, UNPACKED))
    else:
        for entry in broken:
            _lose(home, entry, done)


def _unpack(healer: Healer, pack: Pack, done: Repaired) -> bool:
    """Derives each batch of a pack anew, in a folder of its own; returns whether all could be."""
    lost = len(done.lost)
    for entry in live_members(healer.home, pack):
        try:
            supersede_derived(healer.home, entry, healer.stage_anew(entry.batch_id))
        except Exception as error:
            what = "its tables cannot be derived anew"
            fault = Fault(entry.archived.path, what, "readable records", str(error))
            done.lost.append(fault)
    return len(done.lost) == lost


def _copied_pack(healer: Healer, pack_id: str) -> Pack | None:
    return check_pack(healer.copy, healer.copy.derived / pack_id)[0] if healer.copy else None


def _repair_batch(healer: Healer, batch_id: str, done: Repaired) -> None:
    home = healer.home
    folder = home.derived / batch_id
    own, own_check = check_commit(home, folder)
    trusted = own or _copied_commit(healer, batch_id)
    if own is None:
        done.checks.append(own_check)
    if trusted is None:
        _derive_all(healer, batch_id, own_check, done)
        return
    broken = [entry for entry in trusted.files if not _is_healed(healer, entry, done)]
    archived = [entry for entry in broken if entry.path.endswith(WARC_SUFFIX)]
    derived = [entry for entry in broken if entry not in archived]
    if derived and not archived:
        derived = _derive(healer, trusted, derived, is_committed=own is not None, done=done)
    for entry in [*archived, *derived]:
        _lose(home, entry, done)
    if not check_commit(home, folder)[0] and healer.copy and not (archived or derived):
        put_aside(home, folder / COMMIT, healer.label)
        disk.write_whole(folder / COMMIT, (healer.copy.derived / batch_id / COMMIT).read_bytes())
        done.healed.append(Healed(own_check.file, FROM_COPY))
        done.checks.append(check_commit(home, folder)[1])


def _copied_commit(healer: Healer, batch_id: str) -> Commit | None:
    return check_commit(healer.copy, healer.copy.derived / batch_id)[0] if healer.copy else None


def _is_healed(healer: Healer, entry: FileEntry, done: Repaired) -> bool:
    """Returns whether a file is sound, or is now that the copy's stands in its place."""
    check = check_entry(healer.home, entry)
    if check.fault is None:
        return True
    done.checks.append(check)
    if healer.copy is None or not bring(healer.copy, healer.home, entry, healer.label):
        return False
    _note(healer.home, entry, FROM_COPY, done)
    return True


def _derive(
    healer: Healer,
    trusted: Commit,
    broken: Sequence[FileEntry],
    is_committed: bool,
    done: Repaired,
) -> list[FileEntry]:
    """Derives damaged tables anew, and returns those that could not be."""
    home = healer.home
    try:
        staged = healer.stage_anew(trusted.batch_id)
    except Exception as error:
        what = "its tables cannot be derived anew"
        done.lost.append(Fault(broken[0].path, what, "readable records", str(error)))
        return list(broken)
    for entry in broken:
        put_aside(home, home.root / entry.path, healer.label)
    if is_committed and set(staged.files) == set(trusted.files):
        for entry in broken:
            place = home.root / entry.path
            disk.replace(home.staging / staged.folder / place.name, place)
        disk.remove_tree(home.staging / staged.folder)
    else:
        # Other code gives other tables: the batch is made anew as a whole, its commit with it.
        path = home.derived / trusted.batch_id / COMMIT
        keep_superseded(home, staged, trusted)
        put_aside(home, path, healer.label)
        withdraw(home, trusted.batch_id)
        commit(home, staged)
        done.healed.append(Healed(path.relative_to(home.root).as_posix(), ANEW))
    for entry in staged.files:
        if entry.path in {other.path for other in broken}:
            _note(home, entry, ANEW, done)
    return []


def _derive_all(healer: Healer, batch_id: str, check: FileCheck, done: Repaired) -> None:
    """Makes a batch anew of which nothing sound says what it was but its WARC file."""
    home = healer.home
    place = warc_path(home, batch_id).relative_to(home.root).as_posix()
    try:
        staged = healer.stage_anew(batch_id)
        if staged.batch_id != batch_id:
            disk.remove_tree(home.staging / staged.folder)
            raise ValueError(f"it holds the captures of batch {staged.batch_id}")
    except Exception as error:
        done.lost.append(Fault(place, "it cannot be read again", "readable records", str(error)))
        return
    put_aside(home, home.derived / batch_id / COMMIT, healer.label)
    supersede(home, staged)
    done.healed.append(Healed(check.file, ANEW))
    done.checks.append(check_commit(home, home.derived / batch_id)[1])


def _repair_events(healer: Healer, run_id: str, done: Repaired) -> None:
    home, copy = healer.home, healer.copy
    folder = home.events / run_id
    entries, check = check_seal(home, folder)
    if check is None and folder.exists():
        return  # no digest is recorded, so nothing says that it is damaged
    copied = check_seal(copy, copy.events / run_id)[0] if copy else None
    trusted = entries if entries is not None else copied
    if check and check.fault:
        done.checks.append(check)
    if trusted is None:
        _seal_anew(healer, run_id, check, done)
        return
    broken = [entry for entry in trusted if not _is_healed(healer, entry, done)]
    for entry in broken:
        _lose(home, entry, done)
    if entries is None and copy and not broken:
        put_aside(home, folder / SEAL, healer.label)
        disk.write_whole(folder / SEAL, (copy.events / run_id / SEAL).read_bytes())
        place = (folder / SEAL).relative_to(home.root).as_posix()
        done.healed.append(Healed(place, FROM_COPY))


def _seal_anew(healer: Healer, run_id: str, check: FileCheck | None, done: Repaired) -> None:
    if check is None or check.fault is None:
        return
    put_aside(healer.home, healer.home.events / run_id / SEAL, healer.label)
    if run_id in seal_events(healer.home):
        done.healed.append(Healed(check.file, SEALED))
    else:
        done.lost.append(check.fault)


def _note(home: Home, entry: FileEntry, how: str, done: Repaired) -> None:
    done.healed.append(Healed(entry.path, how))
    done.checks.append(check_entry(home, entry))


def _lose(home: Home, entry: FileEntry, done: Repaired) -> None:
    fault = check_entry(home, entry).fault
    done.lost.extend([fault] if fault else [])
