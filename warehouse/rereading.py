"""The lake against the preserved bytes: each capture is read again and compared, value by value."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from transforms.issue_codes import UNREPEATABLE_CODES
from transforms.records import QUARANTINED, Block, Blocks, Capture, Issue, Link, Reading, Statement
from warehouse import lake
from warehouse.archive import ArchiveDamaged, read_warc
from warehouse.commits import Commit, batch_id_of, warc_path
from warehouse.faults import Fault, Subject
from warehouse.home import Home
from warehouse.schema import DERIVED_TABLES, Table
from warehouse.single_records import framing_faults, known_subjects, read_singly

_MAX_FAULTS = 20
# The end of the names of the layouts that HTML has.
_MARKUP = "_html"
_ABSENT = "no such row"

# Bytes that are no UTF-8 stand as one replacement character each in a rendition.
_ESCAPED = re.compile("[\udc80-\udcff]")

Spanned = Block | Statement | Link
WordsAt = Callable[[bytes, str, Spanned, str, bool], str]


def decoded_words(
    payload: bytes, charset: str, spanned: Spanned, words: str, is_markup: bool
) -> str:
    """Returns what the bytes of a span say where they are plain text."""
    stretch = payload[spanned.byte_start : spanned.byte_end]
    try:
        return _ESCAPED.sub("\ufffd", stretch.decode(charset, "surrogateescape"))
    except UnicodeDecodeError as error:
        return f"undecodable: {error.reason}"


@dataclass(frozen=True, slots=True)
class Reader:
    """The reading of captures, handed in: the warehouse interprets nothing.

    Args:
        read: Reads a capture (`transforms.reading.read`).
        words_at: Gives what a payload's bytes say at a span
            (`transforms.preserved.preserved_words`).
    """

    read: Callable[[Capture], Reading]
    words_at: WordsAt


@dataclass(frozen=True, slots=True)
class _Reread:
    """The captures of a batch that can be read, in order of their ids, with their readings."""

    warc_name: str
    captures: tuple[Capture, ...]
    offsets: tuple[int, ...]
    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]

    def subject(self, capture_id: str) -> Subject | None:
        """Returns what is to be said of a capture; None when it is not among those read."""
        for capture, reading in zip(self.captures, self.readings, strict=True):
            if capture.capture_id == capture_id:
                document_id = reading.document.document_id if reading.document else None
                return Subject(capture_id, capture.target_uri, document_id)
        return None


def check_folder(
    home: Home,
    commits: Sequence[Commit],
    reader: Reader,
    damaged: Collection[str] = (),
) -> list[Fault]:
    """Reads captures from their WARC files and compares all that is derived of them.

    Of a WARC file that is damaged each record is read on its own: those that can be read are
    compared, the others named. Tables of an older schema are not compared: nothing that is read
    today has their form, and their digests are all that can be said of them.

    Args:
        home: The data home.
        commits: The batches of one folder: one, or those of a pack that are its own.
        reader: Reads a capture as it was read when the batch was made.
        damaged: Files that are known to be damaged, below the home; those gone are among them.
    """
    ended = _ended(home, commits, damaged)
    faults: list[Fault] = []
    read_again: list[_Reread] = []
    for commit in commits:
        found = _reread(home, commit, reader, damaged, ended)
        if isinstance(found, _Reread):
            read_again.append(found)
            faults.extend(found.faults)
        else:
            faults.extend(found)
    if read_again and commits[0].is_current:
        faults.extend(_compared(home, commits, read_again, reader))
    return faults


def _ended(home: Home, commits: Sequence[Commit], damaged: Collection[str]) -> dict[str, Reading]:
    if not commits or not commits[0].is_current:
        return {}
    issues = commits[0].table_path(home, "issues")
    is_sound = issues.relative_to(home.root).as_posix() not in damaged
    return ended_readings(issues) if is_sound else {}


def _reread(
    home: Home,
    commit: Commit,
    reader: Reader,
    damaged: Collection[str],
    ended: Mapping[str, Reading],
) -> _Reread | list[Fault]:
    """Returns what is read anew of a batch, or why nothing can be compared."""
    path = warc_path(home, commit.batch_id)
    place = path.relative_to(home.root).as_posix()
    if not path.exists():
        return []  # that it is gone is a fault of the file
    is_whole = place not in damaged
    try:
        found = _read_whole(path) if is_whole else _read_what_can_be(home, commit, damaged)
    except (ArchiveDamaged, OSError) as error:
        return [Fault(place, "the captures cannot be read", "readable records", str(error))]
    pairs, faults = found
    batch_id = batch_id_of(capture.capture_id for _, capture in pairs)
    if is_whole and batch_id != commit.batch_id:
        return [Fault(place, "it holds other captures", commit.batch_id, batch_id)]
    captures = tuple(capture for _, capture in pairs)
    if not commit.is_current:
        return faults
    readings = tuple(ended.get(capture.capture_id) or reader.read(capture) for capture in captures)
    offsets = tuple(offset for offset, _ in pairs)
    return _Reread(path.name, captures, offsets, readings, tuple(faults))


def _read_whole(path: Path) -> tuple[list[tuple[int, Capture]], list[Fault]]:
    return sorted(read_warc(path), key=lambda pair: pair[1].capture_id), []


def _read_what_can_be(
    home: Home, commit: Commit, damaged: Collection[str]
) -> tuple[list[tuple[int, Capture]], list[Fault]]:
    path = warc_path(home, commit.batch_id)
    place = path.relative_to(home.root).as_posix()
    subjects = known_subjects(home, commit, damaged)
    pairs: list[tuple[int, Capture]] = []
    faults: list[Fault] = []
    for subject, outcome in read_singly(path, subjects):
        if isinstance(outcome, Capture):
            pairs.append((subject.record_offset or 0, outcome))
        else:
            expected = f"capture {subject.capture_id}"
            faults.append(Fault(place, "the record is damaged", expected, outcome, subject))
    if not subjects:
        what = "nothing sound says where its records begin"
        faults.append(Fault(place, what, "a table of captures, or a database", "neither"))
    elif not faults:
        faults.extend(framing_faults(path, place, subjects))
    return sorted(pairs, key=lambda pair: pair[1].capture_id), faults


def _compared(
    home: Home, commits: Sequence[Commit], read_again: Sequence[_Reread], reader: Reader
) -> Iterator[Fault]:
    for again in read_again:
        pairs = zip(again.captures, again.readings, strict=True)
        yield from (fault for pair in pairs for fault in _check_spans(*pair, reader))
    tables = [
        lake.derived_tables(again.captures, again.readings, again.warc_name, again.offsets)
        for again in read_again
    ]
    for table in DERIVED_TABLES:
        path = commits[0].table_path(home, table.name)
        if path.exists():
            expected = lake.merged(table, [found[table.name] for found in tables])
            # Whether the table holds more rows than those of the captures that could be read.
            place = commits[0].in_pack
            count = place.member_count if place else 1
            is_part = len(read_again) < count or any(again.faults for again in read_again)
            yield from _check_table(table, expected, path, home, read_again, is_part)


def ended_readings(issues: Path) -> dict[str, Reading]:
    """Returns the readings that hung or killed their process, which are not tried again here.

    They are no function of the bytes; that the table is as it was written its digest shows.
    """
    try:
        rows = lake.read_table(issues).to_pylist()
    except lake.UNREADABLE:
        return {}  # the table is a fault of its own, found where the tables are compared
    return {
        row["capture_id"]: Reading(
            row["capture_id"], None, None, QUARANTINED, None, Blocks(), (),
            (Issue(row["code"], row["field"], row["words"]),),
        )
        for row in rows
        if row["code"] in UNREPEATABLE_CODES
    }  # fmt: skip


def _check_spans(capture: Capture, reading: Reading, reader: Reader) -> Iterator[Fault]:
    """Yields where the payload's own bytes are not the words that are said to stand there."""
    spanned: list[tuple[Spanned, str | None, str]] = [
        (block, block.text, f"blocks seq {block.seq}") for block in reading.blocks
    ]
    spanned += [
        (statement, statement.raw, f"statements seq {seq} ({statement.field})")
        for seq, statement in enumerate(reading.statements)
    ]
    for one, words, place in spanned:
        if one.byte_start is not None:
            yield from _check_words(capture, reading, one, words or "", place, reader)


def _check_words(
    capture: Capture,
    reading: Reading,
    spanned: Spanned,
    words: str,
    place: str,
    reader: Reader,
) -> Iterator[Fault]:
    is_markup = (reading.layout or "").endswith(_MARKUP)
    charset = reading.charset or "utf-8"
    found = reader.words_at(capture.payload, charset, spanned, words, is_markup)
    if found != words:
        yield Fault(
            f"capture {capture.capture_id} {place}",
            f"bytes {spanned.byte_start} to {spanned.byte_end} hold other words",
            repr(words),
            repr(found),
        )


def _check_table(
    table: Table,
    expected: pa.Table,
    path: Path,
    home: Home,
    read_again: Sequence[_Reread],
    is_part: bool,
) -> list[Fault]:
    place = path.relative_to(home.root).as_posix()
    try:
        found = lake.read_table(path)
        found.validate(full=True)
        if is_part:
            captures = [c.capture_id for again in read_again for c in again.captures]
            found = lake.rows_of_captures(found, captures)
        if found.equals(expected):
            return []
        rows = _rows_by_key(table, found)
    except lake.UNREADABLE as error:
        return [Fault(place, "the table cannot be read", "readable Parquet", str(error))]
    if found.schema != expected.schema:
        return [Fault(place, "it has other columns", str(expected.schema), str(found.schema))]
    faults = _compare_rows(table, _rows_by_key(table, expected), rows, place)
    named = [replace(fault, subject=_subject(read_again, key)) for key, fault in faults]
    return named or [Fault(place, "its rows stand in another order", "order of the key", "none")]


def _subject(read_again: Sequence[_Reread], capture_id: str) -> Subject | None:
    found = (again.subject(capture_id) for again in read_again)
    return next((subject for subject in found if subject), None)


def _rows_by_key(table: Table, rows: pa.Table) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(row[name] for name in table.key): row for row in rows.to_pylist()}


def _compare_rows(
    table: Table,
    expected: dict[tuple[Any, ...], dict[str, Any]],
    found: dict[tuple[Any, ...], dict[str, Any]],
    place: str,
) -> list[tuple[str, Fault]]:
    """Returns the faults, each with the capture whose row it befalls."""
    faults: list[tuple[str, Fault]] = []
    of_capture = table.key.index("capture_id")
    for key in sorted(expected.keys() | found.keys(), key=repr):
        row = f"{place} {dict(zip(table.key, key, strict=True))}"
        if key not in found or key not in expected:
            wanted, held = (_ABSENT if key not in rows else "a row" for rows in (expected, found))
            what = "the row does not follow from the bytes"
            faults.append((key[of_capture], Fault(row, what, wanted, held)))
        elif expected[key] != found[key]:
            faults.extend(
                (
                    key[of_capture],
                    Fault(row, f"{name} does not follow from the bytes", repr(value), repr(other)),
                )
                for name, value in expected[key].items()
                if (other := found[key][name]) != value
            )
        if len(faults) >= _MAX_FAULTS:
            break
    return faults
