"""The lake against the preserved bytes: each capture is read again and compared, value by value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from transforms.issue_codes import UNREPEATABLE_CODES
from transforms.records import QUARANTINED, Block, Blocks, Capture, Issue, Reading, Statement
from warehouse import lake
from warehouse.archive import ArchiveDamaged, read_warc
from warehouse.commits import Commit, batch_id_of, warc_path
from warehouse.faults import Fault
from warehouse.home import Home
from warehouse.schema import DERIVED_TABLES, Table

_MAX_FAULTS = 20
_ABSENT = "no such row"
# Bytes that are no UTF-8 stand as one replacement character each in a rendition.
_ESCAPED = re.compile("[\udc80-\udcff]")


def check_batch(home: Home, commit: Commit, reread: Callable[[Capture], Reading]) -> list[Fault]:
    """Reads the captures of a batch from their WARC file and compares all that is derived of them.

    Args:
        home: The data home.
        commit: The batch.
        reread: Reads a capture as it was read when the batch was made.
    """
    path = warc_path(home, commit.batch_id)
    place = path.relative_to(home.root).as_posix()
    try:
        found = sorted(read_warc(path), key=lambda pair: pair[1].capture_id)
    except (ArchiveDamaged, OSError) as error:
        return [Fault(place, "the captures cannot be read", "readable records", str(error))]
    captures = [capture for _, capture in found]
    batch_id = batch_id_of(capture.capture_id for capture in captures)
    if batch_id != commit.batch_id:
        return [Fault(place, "it holds other captures", commit.batch_id, batch_id)]
    ended = ended_readings(commit.table_path(home, "issues"))
    readings = [ended.get(capture.capture_id) or reread(capture) for capture in captures]
    tables = lake.derived_tables(captures, readings, path.name, [offset for offset, _ in found])
    return [
        *(fault for pair in zip(captures, readings, strict=True) for fault in _check_spans(*pair)),
        *(
            fault
            for table in DERIVED_TABLES
            for fault in _check_table(
                table, tables[table.name], commit.table_path(home, table.name), home
            )
        ),
    ]


def ended_readings(issues: Path) -> dict[str, Reading]:
    """Returns the readings that hung or killed their process, which are not tried again here.

    They are no function of the bytes; that the table is as it was written its digest shows.
    """
    try:
        rows = lake.read_table(issues).to_pylist()
    except (OSError, ValueError):
        return {}  # the table is a fault of its own, found where the tables are compared
    return {
        row["capture_id"]: Reading(
            row["capture_id"], None, None, QUARANTINED, None, Blocks(), (),
            (Issue(row["code"], row["field"], row["words"]),),
        )
        for row in rows
        if row["code"] in UNREPEATABLE_CODES
    }  # fmt: skip


def _check_spans(capture: Capture, reading: Reading) -> Iterator[Fault]:
    """Yields where the payload's own bytes are not the words that are said to stand there."""
    charset = reading.charset or "utf-8"
    for block in reading.blocks:
        yield from _check_words(capture, charset, block, block.text, f"blocks seq {block.seq}")
    for seq, statement in enumerate(reading.statements):
        if statement.byte_start is not None:
            place = f"statements seq {seq} ({statement.field})"
            yield from _check_words(capture, charset, statement, statement.raw, place)


def _check_words(
    capture: Capture, charset: str, spanned: Block | Statement, words: str | None, place: str
) -> Iterator[Fault]:
    stretch = capture.payload[spanned.byte_start : spanned.byte_end]
    try:
        found = _ESCAPED.sub("\ufffd", stretch.decode(charset, "surrogateescape"))
    except UnicodeDecodeError as error:
        found = f"undecodable: {error.reason}"
    if found != words:
        yield Fault(
            f"capture {capture.capture_id} {place}",
            f"bytes {spanned.byte_start} to {spanned.byte_end} hold other words",
            repr(words),
            repr(found),
        )


def _check_table(table: Table, expected: pa.Table, path: Path, home: Home) -> list[Fault]:
    place = path.relative_to(home.root).as_posix()
    try:
        found = lake.read_table(path)
    except (OSError, ValueError) as error:
        return [Fault(place, "the table cannot be read", "readable Parquet", str(error))]
    if found.equals(expected):
        return []
    if found.schema != expected.schema:
        return [Fault(place, "it has other columns", str(expected.schema), str(found.schema))]
    faults = _compare_rows(table, _rows_by_key(table, expected), _rows_by_key(table, found), place)
    return faults or [Fault(place, "its rows stand in another order", "order of the key", "none")]


def _rows_by_key(table: Table, rows: pa.Table) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {tuple(row[name] for name in table.key): row for row in rows.to_pylist()}


def _compare_rows(
    table: Table,
    expected: dict[tuple[Any, ...], dict[str, Any]],
    found: dict[tuple[Any, ...], dict[str, Any]],
    place: str,
) -> list[Fault]:
    faults: list[Fault] = []
    for key in sorted(expected.keys() | found.keys()):
        row = f"{place} {dict(zip(table.key, key, strict=True))}"
        if key not in found or key not in expected:
            sides = [_ABSENT if key not in rows else "a row" for rows in (expected, found)]
            faults.append(Fault(row, "the row does not follow from the bytes", *sides))
        elif expected[key] != found[key]:
            faults.extend(
                Fault(row, f"{name} does not follow from the bytes", repr(value), repr(other))
                for name, value in expected[key].items()
                if (other := found[key][name]) != value
            )
        if len(faults) >= _MAX_FAULTS:
            break
    return faults
