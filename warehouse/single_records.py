"""The records of a damaged WARC file, each read on its own: damage to one taints no other."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import duckdb

from transforms.records import Capture
from warehouse import lake
from warehouse.archive import ArchiveDamaged, read_record
from warehouse.commits import Commit
from warehouse.faults import Fault, Subject
from warehouse.home import Home
from warehouse.members import pack, unpacked_members
from warehouse.query import DatabaseUnusable, NoDatabase, open_database

_QUERY = Path(__file__).with_name("queries") / "archived_captures.sql"
_UNREADABLE = (ArchiveDamaged, OSError, ValueError, KeyError, zlib.error)


def known_subjects(home: Home, commit: Commit, damaged: Collection[str]) -> list[Subject]:
    """Returns the captures of a batch in order of their records, by its tables or the database.

    Args:
        home: The data home.
        commit: The batch.
        damaged: Files whose word is not to be taken, below the home.
    """
    paths = [commit.table_path(home, name) for name in ("captures", "document_versions")]
    try:
        if any(path.relative_to(home.root).as_posix() in damaged for path in paths):
            rows = _database_rows(home, commit)
        else:
            rows = _lake_rows(commit.warc_name, *paths)
    except (OSError, ValueError, NoDatabase, DatabaseUnusable, duckdb.Error):
        return []
    return [
        Subject(capture_id, target_uri, document_id, number, offset)
        for number, (capture_id, offset, target_uri, document_id) in enumerate(rows, 1)
    ]


def read_singly(path: Path, subjects: list[Subject]) -> Iterator[tuple[Subject, Capture | str]]:
    """Yields each capture of a damaged WARC file, or why it cannot be read.

    Args:
        path: The file.
        subjects: Its captures, in order of their records.
    """
    size = path.stat().st_size
    ends = [subject.record_offset or 0 for subject in subjects[1:]] + [size]
    for subject, end in zip(subjects, ends, strict=True):
        start = subject.record_offset or 0
        try:
            list(unpacked_members(BytesIO(_stretch(path, start, end))))
            capture = read_record(path, start)
        except _UNREADABLE as error:
            yield subject, str(error)
            continue
        is_own = capture.capture_id == subject.capture_id
        yield subject, capture if is_own else f"capture {capture.capture_id}"


def framing_faults(path: Path, place: str, subjects: list[Subject]) -> Iterator[Fault]:
    """Yields where a file whose records can all be read has other bytes around their content.

    The packing is deterministic, so that what is unpacked and packed again must be the same bytes.
    """
    starts = [0, *(subject.record_offset or 0 for subject in subjects)]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else path.stat().st_size
        subject = subjects[number - 1] if number else None
        what = "the gzip framing of the record is damaged"
        if subject is None:
            what = "the warcinfo record before the first capture is damaged"
        try:
            data = _stretch(path, start, end)
            members = [content for _, content in unpacked_members(BytesIO(data))]
        except zlib.error as error:
            yield Fault(place, what, "a readable record", str(error), subject)
            continue
        packed = b"".join(map(pack, members))
        if packed != data:
            first = _first_difference(packed, data)
            found = f"another byte at {start + first}"
            yield Fault(place, what, "the bytes of its packing", found, subject)


def _lake_rows(
    warc_file: str, captures: Path, versions: Path
) -> list[tuple[str, int, str | None, str | None]]:
    named = ["capture_id", "document_id"]
    documents = {row["capture_id"]: row for row in lake.read_table(versions, named).to_pylist()}
    names = ["capture_id", "warc_file", "warc_offset", "target_uri"]
    placed = lake.read_table(captures, names).to_pylist()
    return [
        (
            row["capture_id"],
            row["warc_offset"],
            row["target_uri"],
            documents.get(row["capture_id"], {}).get("document_id"),
        )
        for row in sorted(placed, key=lambda row: row["warc_offset"])
        if row["warc_file"] == warc_file
    ]


def _database_rows(home: Home, commit: Commit) -> list[tuple[str, int, str | None, str | None]]:
    with closing(open_database(home)) as database:
        query = _QUERY.read_text(encoding="utf-8")
        return database.execute(query, {"warc_file": commit.warc_name}).fetchall()


def _stretch(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as stream:
        stream.seek(start)
        return stream.read(end - start)


def _first_difference(expected: bytes, found: bytes) -> int:
    pairs = enumerate(zip(expected, found, strict=False))
    return next(
        (place for place, (one, other) in pairs if one != other),
        min(len(expected), len(found)),
    )
