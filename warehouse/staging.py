"""Staging: a batch is laid down where a kill leaves nothing that counts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from transforms.records import Capture, Reading
from warehouse import archive, disk, lake
from warehouse.home import Home

WARC_SUFFIX = ".warc.gz"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a batch or a run: path below the home, SHA-256 (hex), bytes, rows.

    Of a WARC file `row_count` says how many rows of `captures`, or of `fetches`, lead to it.
    """

    path: str
    sha256: str
    byte_length: int
    row_count: int


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch that is on the disk but not yet committed.

    Args:
        batch_id: Digest over the ids of its captures.
        folder: Name of its folder below staging/.
        code_version: Version of the code that read it.
        files: Its files, with the paths they have once committed.
        outcomes: Outcome of the reading of each capture, by capture_id.
        issue_counts: How often each issue code was given.
    """

    batch_id: str
    folder: str
    code_version: str
    files: tuple[FileEntry, ...]
    outcomes: dict[str, str]
    issue_counts: dict[str, int]


def batch_id_of(capture_ids: Iterable[str]) -> str:
    """Returns the id of the batch of these captures, 32 hex digits, whatever their order."""
    return hashlib.sha256("\n".join(sorted(capture_ids)).encode()).hexdigest()[:32]


def warc_path(home: Home, batch_id: str) -> Path:
    """Returns where the WARC file of a batch lies."""
    return home.archive / f"{batch_id}{WARC_SUFFIX}"


def stage(
    home: Home, captures: Sequence[Capture], readings: Sequence[Reading], code_version: str
) -> Staged:
    """Lays a batch down under staging/, on the disk when this returns.

    A batch whose WARC file already stands in the archive is not archived again; its Parquet
    points into the file that is there.

    Args:
        home: The data home.
        captures: Captures, each once, in any order.
        readings: The reading of each, in the same order.
        code_version: Version of the code that read them.

    Raises:
        ValueError: There are no captures, one is there twice, or readings do not fit them.
        OSError: The disk is full or cannot be written to; what was staged is removed again.
    """
    pairs = sorted(zip(captures, readings, strict=True), key=lambda pair: pair[0].capture_id)
    ordered = [capture for capture, _ in pairs]
    batch_id = batch_id_of(capture.capture_id for capture in ordered)
    if not ordered or len({capture.capture_id for capture in ordered}) != len(ordered):
        raise ValueError(f"batch {batch_id} has no captures, or one of them twice")
    folder = disk.make_draft_folder(home.staging, batch_id)
    try:
        files = _stage_files(home, folder, batch_id, ordered, [reading for _, reading in pairs])
    except BaseException:
        disk.remove_tree(folder)
        raise
    return Staged(
        batch_id=batch_id,
        folder=folder.name,
        code_version=code_version,
        files=files,
        outcomes={reading.capture_id: reading.outcome for _, reading in pairs},
        issue_counts=dict(Counter(issue.code for _, reading in pairs for issue in reading.issues)),
    )


def _stage_files(
    home: Home,
    folder: Path,
    batch_id: str,
    captures: Sequence[Capture],
    readings: Sequence[Reading],
) -> tuple[FileEntry, ...]:
    archived = warc_path(home, batch_id)
    if archived.exists():
        at = {capture.capture_id: offset for offset, capture in archive.read_warc(archived)}
        offsets = [at[capture.capture_id] for capture in captures]
        warc = archived
    else:
        warc = folder / archived.name
        offsets = archive.write_warc(captures, warc)
    files = [
        FileEntry(
            archived.relative_to(home.root).as_posix(),
            disk.sha256_of(warc),
            warc.stat().st_size,
            len(captures),
        )
    ]
    tables = lake.derived_tables(captures, readings, archived.name, offsets)
    target = home.derived / batch_id
    files += [stage_table(home, folder, target, name, table) for name, table in tables.items()]
    disk.sync_folder(folder)
    return tuple(files)


def stage_table(home: Home, folder: Path, target: Path, name: str, table: pa.Table) -> FileEntry:
    """Writes a table as Parquet into a folder that will be `target`; its name is not durable yet.

    Returns its entry, with the path that it will have.
    """
    content = lake.parquet_bytes(table)
    with disk.durable_file(folder / f"{name}.parquet") as stream:
        stream.write(content)
    path = (target / f"{name}.parquet").relative_to(home.root).as_posix()
    return FileEntry(path, hashlib.sha256(content).hexdigest(), len(content), table.num_rows)
