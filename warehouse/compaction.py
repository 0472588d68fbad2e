"""Compaction: the tables of many small batches in the files of a few packs, the archive untouched.

A service that takes in a few pages at a time makes a batch of each time. What costs is not their
rows but their files: each is opened, and its name made durable, by every run. Compaction writes the
rows of small batches that the same code has read into one folder, with a `pack.json` that stands
last and holds the bytes of each `commit.json`; then it removes the folders of the batches. They
stay batches: ids, commits, snapshots, history and digests are those of before.

At any moment a batch is in its own folder, which counts as long as it stands, or in a pack. What a
kill leaves is cleared away by the next run, or put together by the next compaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warehouse import disk, lake
from warehouse.commits import clear_spent_packs, withdraw
from warehouse.committed import (
    PACK,
    Commit,
    Pack,
    commit_paths,
    live_members,
    pack_id_of,
    read_commit,
    standing_packs,
)
from warehouse.faults import Fault
from warehouse.fixity import check_entry
from warehouse.home import Home
from warehouse.schema import DERIVED_TABLES
from warehouse.staging import FileEntry, stage_table


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large a pack may become; what is more than half as large is left as it is.

    Args:
        captures: Captures in it.
        lake_bytes: Bytes of its Parquet files, about.
    """

    captures: int = 2_000
    lake_bytes: int = 24 << 20


@dataclass(slots=True)
class Compacted:
    """What a compaction did.

    Args:
        batch_count: Batches whose tables were put together.
        pack_count: Packs that they lie in now.
        renewed_count: Packs written anew without rows that count no more.
        files_before: Files below lake/derived/ before.
        files_after: The same afterwards.
        faults: Damaged tables; their batches were left where they are.
    """

    batch_count: int = 0
    pack_count: int = 0
    renewed_count: int = 0
    files_before: int = 0
    files_after: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What lies together now: a batch, or the batches of a pack that have no folder of their own.

    `stale_count` says how many batches of the pack have.
    """

    commits: tuple[Commit, ...]
    contents: dict[str, bytes]
    pack: Pack | None = None
    stale_count: int = 0

    @property
    def capture_count(self) -> int:
        return sum(entry.capture_count for entry in self.commits)

    @property
    def lake_bytes(self) -> int:
        return sum(file.byte_length for file in self.commits[0].tables)

    @property
    def kind(self) -> tuple[str, str | None]:
        return self.commits[0].code_version, self.commits[0].schema_id

    @property
    def row_counts(self) -> dict[str, int]:
        """Rows of each table, as the commits give them."""
        counts: dict[str, int] = {}
        for entry in self.commits:
            for file in entry.files:
                if file is not entry.archived:
                    name = Path(file.path).stem
                    counts[name] = counts.get(name, 0) + file.row_count
        return counts


def compact(
    home: Home, sizes: Sizes = Sizes(), on_pack: Callable[[int], None] | None = None
) -> Compacted:
    """Puts the tables of small batches together; a home where nothing is to be done is left alone.

    The writer lock is held by the caller, who has called `recover`.

    Args:
        home: The data home.
        sizes: How large packs may become.
        on_pack: Told after each pack.

    Raises:
        CommitDamaged: A commit.json or a pack.json cannot be read.
        OSError: The disk is full or cannot be written to; what was there stands.
    """
    done = Compacted(files_before=_file_count(home))
    # A pack with rows that count no more is written anew first, so that a batch is in one place.
    for unit in [unit for unit in _units(home) if unit.stale_count]:
        if _is_sound(home, unit, done):
            _write_pack(home, [unit])
            done.renewed_count += 1
    for group in list(_groups(home, sizes)):
        units = [unit for unit in group if _is_sound(home, unit, done)]
        if len(units) > 1:
            _write_pack(home, units)
            done.pack_count += 1
            done.batch_count += sum(len(unit.commits) for unit in units)
            if on_pack:
                on_pack(1)
    done.files_after = _file_count(home)
    return done


def is_needed(home: Home, sizes: Sizes = Sizes()) -> bool:
    """Returns whether a compaction would find anything to do."""
    return any(unit.stale_count for unit in _units(home)) or small_count(home, sizes) > 0


def small_count(home: Home, sizes: Sizes = Sizes()) -> int:
    """Returns how many folders of tables a compaction would put together with others."""
    return sum(len(group) for group in _groups(home, sizes) if len(group) > 1)


def _groups(home: Home, sizes: Sizes) -> Iterator[list[_Unit]]:
    """Yields what is to lie together, each group small enough for one pack."""
    group: list[_Unit] = []
    # A pack that could not be written anew still has what it once said of batches: these must stay
    # in folders of their own, which count before it.
    held = {name for pack in standing_packs(home) for name in pack.contents}
    units = [
        unit
        for unit in _units(home)
        if not unit.stale_count
        and _is_small(unit, sizes)
        and (unit.pack or unit.commits[0].batch_id not in held)
    ]
    captures = lake_bytes = 0
    for unit in sorted(units, key=lambda unit: (str(unit.kind), unit.commits[0].batch_id)):
        captures, lake_bytes = captures + unit.capture_count, lake_bytes + unit.lake_bytes
        is_full = captures > sizes.captures or lake_bytes > sizes.lake_bytes
        if group and (is_full or group[0].kind != unit.kind):
            yield group
            group, captures, lake_bytes = [], unit.capture_count, unit.lake_bytes
        group.append(unit)
    if group:
        yield group


def _units(home: Home) -> Iterator[_Unit]:
    """Yields all of today's schema; what is older is derived anew by the next ingest."""
    for path in commit_paths(home):
        entry = read_commit(path)
        if entry.is_current:
            yield _Unit((entry,), {entry.batch_id: path.read_bytes()})
    for pack in standing_packs(home):
        live = tuple(live_members(home, pack))
        if live and live[0].is_current:
            contents = {entry.batch_id: pack.contents[entry.batch_id] for entry in live}
            yield _Unit(live, contents, pack, len(pack.contents) - len(live))


def _is_small(unit: _Unit, sizes: Sizes) -> bool:
    return 2 * unit.capture_count <= sizes.captures and 2 * unit.lake_bytes <= sizes.lake_bytes


def _is_sound(home: Home, unit: _Unit, done: Compacted) -> bool:
    """Returns whether the tables of a unit are as they were committed."""
    checks = [check_entry(home, file) for file in unit.commits[0].tables]
    faults = [check.fault for check in checks if check.fault]
    done.faults.extend(faults)
    return not faults


def _write_pack(home: Home, units: Sequence[_Unit]) -> None:
    commits = [entry for unit in units for entry in unit.commits]
    contents = {name: data for unit in units for name, data in unit.contents.items()}
    replaces = sorted(unit.pack.pack_id for unit in units if unit.pack)
    pack_id = pack_id_of(commits, replaces)
    draft = disk.make_draft_folder(home.staging, "pack")
    try:
        tables = _write_tables(home, draft, pack_id, units)
    except BaseException:
        disk.remove_tree(draft)
        raise
    target = home.derived / pack_id
    disk.replace(draft, target)
    ordered = {name: contents[name] for name in sorted(contents)}
    disk.write_whole(target / PACK, Pack(pack_id, ordered, tables, tuple(replaces)).content)
    for unit in units:
        if not unit.pack:
            withdraw(home, unit.commits[0].batch_id)
    clear_spent_packs(home)


def _write_tables(
    home: Home, draft: Path, pack_id: str, units: Sequence[_Unit]
) -> tuple[FileEntry, ...]:
    entries = []
    captures = [_captures_of(home, unit) for unit in units]
    for table in DERIVED_TABLES:
        parts = []
        for unit, wanted in zip(units, captures, strict=True):
            rows = lake.read_table(unit.commits[0].table_path(home, table.name))
            parts.append(lake.rows_of_captures(rows, wanted) if unit.stale_count else rows)
        expected = sum(unit.row_counts.get(table.name, 0) for unit in units)
        whole = lake.merged(table, parts)
        if whole.num_rows != expected:
            raise ValueError(f"{whole.num_rows} rows of {table.name} where {expected} must be")
        entries.append(stage_table(home, draft, home.derived / pack_id, table.name, whole))
    disk.sync_folder(draft)
    return tuple(entries)


def _captures_of(home: Home, unit: _Unit) -> list[str]:
    """Returns the captures of the batches of a unit; a pack has those of others too."""
    path = unit.commits[0].table_path(home, "captures")
    names = {entry.warc_name for entry in unit.commits}
    rows = lake.read_table(path, ["capture_id", "warc_file"]).to_pylist()
    return [row["capture_id"] for row in rows if row["warc_file"] in names]


def _file_count(home: Home) -> int:
    return sum(1 for _ in home.derived.glob("*/*"))
