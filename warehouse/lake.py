"""Records and rows to Arrow tables, and those to Parquet whose bytes depend on nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate, chain, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms.records import Capture, Reading
from warehouse import schema
from warehouse.schema import Column, Table

_TYPES = {
    "text": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "text[]": pa.list_(pa.field("element", pa.string(), nullable=False)),
    "int64[]": pa.list_(pa.field("element", pa.int64(), nullable=False)),
}
# What reading a damaged Parquet file may raise; Arrow's own errors are not all of one family.
UNREADABLE = (OSError, ValueError, KeyError, OverflowError, MemoryError, pa.ArrowException)
# DuckDB's own row group size: its threads share a file by row groups.
_ROW_GROUP_SIZE = 122_880
# Rows that come one by one are held as mappings by so many.
_ROWS_HELD = 2_500
# Free text seldom repeats: a dictionary of it is built only to be thrown away.
_SELDOM_REPEATED = {"text", "raw", "value", "payload_sha256", "text_sha256", "cite_as"}
# Numbers that rise from row to row are written as what they rise by.
_RISING = {"seq", "char_start", "char_end", "byte_start", "byte_end", "warc_offset"}


def arrow_schema(table: Table) -> pa.Schema:
    """Returns the Arrow schema of a table.

    Each field carries its description; the key `descriptions` of the schema holds all of them as
    JSON, because readers other than pyarrow see only what stands at the level of the file.
    """
    fields = [
        pa.field(
            column.name,
            _TYPES[column.type],
            nullable=column.nullable,
            metadata={"description": column.description},
        )
        for column in table.columns
    ]
    descriptions = {column.name: column.description for column in table.columns}
    metadata = {
        "description": table.description,
        "descriptions": json.dumps(descriptions, ensure_ascii=False),
    }
    return pa.schema(fields, metadata=metadata)


# Columns of `blocks`, each with its name among the columns that a reading holds.
_BLOCK_COLUMNS = {
    "kind": "kinds",
    "level": "levels",
    "section_seq": "section_seqs",
    "text": "texts",
    "char_start": "char_starts",
    "char_end": "char_ends",
    "byte_start": "byte_starts",
    "byte_end": "byte_ends",
    "page": "pages",
}

_MENTION_COLUMNS = {
    "block_seq": "block_seqs",
    "country_code": "country_codes",
    "kind": "kinds",
    "words": "words",
    "char_start": "char_starts",
    "char_end": "char_ends",
}

_SCHEMAS = {table.name: arrow_schema(table) for table in (*schema.TABLES, *schema.SAVED_TABLES)}


def derived_tables(
    captures: Sequence[Capture],
    readings: Sequence[Reading],
    warc_file: str,
    offsets: Sequence[int],
) -> dict[str, pa.Table]:
    """Returns the derived tables of some captures by name, rows in order of the tables' keys.

    Args:
        captures: In order of capture_id.
        readings: The reading of each capture, in the same order.
        warc_file: WARC file below archive/ that holds the captures.
        offsets: Offset of each capture's record in it, bytes.

    Raises:
        ValueError: A reading is another capture's, or holds statements or blocks but no document.
    """
    for capture, reading in zip(captures, readings, strict=True):
        _check_reading(capture, reading)
    return {
        "captures": _captures_table(captures, readings, warc_file, offsets),
        "document_versions": _record_table(
            schema.DOCUMENT_VERSIONS, [r.document for r in readings if r.document], {}
        ),
        "blocks": _columns_table(schema.BLOCKS, _BLOCK_COLUMNS, readings, "blocks"),
        "statements": _child_table(schema.STATEMENTS, [(r, r.statements) for r in readings]),
        "links": _child_table(schema.LINKS, [(r, r.links) for r in readings]),
        "mentions": _columns_table(schema.MENTIONS, _MENTION_COLUMNS, readings, "mentions"),
        "issues": _child_table(schema.ISSUES, [(r, r.issues) for r in readings]),
    }


def rows_table(table: Table, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Returns rows given as mappings as an Arrow table, in order of the table's key.

    Args:
        table: The table.
        rows: Its rows; those that an iterator gives must come in that order, and are never all
            held as mappings.

    Raises:
        ValueError: A row lacks a column, has one too many, or a null where none may be.
    """
    if isinstance(rows, Iterator):
        parts = list(_parts(table, rows))
        return pa.concat_tables(parts) if parts else rows_table(table, ())
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in table.key))
    names = set(table.column_names)
    for row in ordered:
        if set(row) != names:
            odd = ", ".join(sorted(names ^ set(row)))
            raise ValueError(f"a row of {table.name} does not have the table's columns: {odd}")
    return _table(table, {column.name: _column(column, ordered) for column in table.columns})


def _parts(table: Table, rows: Iterator[Mapping[str, Any]]) -> Iterator[pa.Table]:
    while part := list(islice(rows, _ROWS_HELD)):
        yield rows_table(table, part)


def parquet_bytes(table: pa.Table) -> bytes:
    """Returns a table as Parquet; equal tables give equal bytes."""
    sink = pa.BufferOutputStream()
    with _writer(sink, table.schema) as writer:
        writer.write_table(table, _ROW_GROUP_SIZE)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def rows_parquet(table: Table, rows: Iterable[Mapping[str, Any]]) -> tuple[bytes, int]:
    """Returns rows given as mappings as Parquet, and how many they are.

    Those of an iterator are packed part by part, so that they are never all held unpacked.

    Args:
        table: The table.
        rows: Its rows, as `rows_table` takes them.

    Raises:
        ValueError: A row does not fit.
    """
    if not isinstance(rows, Iterator):
        whole = rows_table(table, rows)
        return parquet_bytes(whole), whole.num_rows
    parts = _parts(table, rows)
    first = next(parts, None)
    if first is None:
        return parquet_bytes(rows_table(table, ())), 0
    sink, count = pa.BufferOutputStream(), 0
    with _writer(sink, first.schema) as writer:
        for part in chain((first,), parts):
            writer.write_table(part, _ROW_GROUP_SIZE)
            count += part.num_rows
    return sink.getvalue().to_pybytes(), count


def _writer(sink: pa.BufferOutputStream, columns: pa.Schema) -> pq.ParquetWriter:
    repeated = [name for name in columns.names if name not in _SELDOM_REPEATED | _RISING]
    rising = [name for name in columns.names if name in _RISING]
    return pq.ParquetWriter(
        sink,
        columns,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=1,
        use_dictionary=repeated,
        write_statistics=repeated,
        column_encoding=dict.fromkeys(rising, "DELTA_BINARY_PACKED"),
    )


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Returns a Parquet file's table, or some of its columns."""
    return pq.read_table(path, columns=columns, partitioning=None)


def column_names(path: Path) -> list[str]:
    """Returns the names of a Parquet file's columns."""
    names: list[str] = pq.read_schema(path).names
    return names


def matched(table: Table, rows: pa.Table) -> pa.Table:
    """Returns rows that came from elsewhere as a table of the lake: its columns, types, comments.

    A column that the rows lack is `Column.absent`, one that the table does not have is left out.

    Raises:
        ValueError: A value does not fit, or one is null that must not be.
    """
    for column in table.columns:
        if column.name not in rows.column_names:
            absent = pa.array([column.absent] * rows.num_rows, _TYPES[column.type])
            rows = rows.append_column(column.name, absent)
    return rows.select(list(table.column_names)).cast(arrow_schema(table))


def merged(table: Table, parts: Sequence[pa.Table]) -> pa.Table:
    """Returns the rows of several tables as one, in order of the key."""
    whole = pa.concat_tables(parts)
    if len(parts) > 1:
        whole = whole.sort_by([(name, "ascending") for name in table.key])
    return whole.combine_chunks()


def rows_of_captures(table: pa.Table, capture_ids: Sequence[str]) -> pa.Table:
    """Returns the rows of a derived table that belong to these captures, in their order."""
    wanted = pa.array(capture_ids, pa.string())
    return table.filter(pc.is_in(table.column("capture_id"), wanted)).combine_chunks()


def _column(column: Column, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Returns a column's values; what UTF-8 cannot say (bytes of odd file names) is escaped."""
    values = [row[column.name] for row in rows]
    if column.type != "text":
        return values
    return [
        value
        if value is None or value.isascii()
        else value.encode("utf-8", "backslashreplace").decode("utf-8")
        for value in values
    ]


def _check_reading(capture: Capture, reading: Reading) -> None:
    if reading.capture_id != capture.capture_id:
        raise ValueError(f"reading of {reading.capture_id} given for capture {capture.capture_id}")
    held = (reading.blocks, reading.statements, reading.links, reading.mentions)
    if reading.document is None and any(held):
        raise ValueError(f"capture {capture.capture_id} has blocks or values but no document")


def _captures_table(
    captures: Sequence[Capture],
    readings: Sequence[Reading],
    warc_file: str,
    offsets: Sequence[int],
) -> pa.Table:
    values: dict[str, Sequence[Any]] = {
        "byte_length": [len(capture.payload) for capture in captures],
        "charset": [reading.charset for reading in readings],
        "layout": [reading.layout for reading in readings],
        "outcome": [reading.outcome for reading in readings],
        "sketch": [reading.sketch for reading in readings],
        "warc_file": [warc_file] * len(captures),
        "warc_offset": list(offsets),
    }
    return _record_table(schema.CAPTURES, captures, values)


def _child_table(table: Table, groups: Sequence[tuple[Reading, Sequence[object]]]) -> pa.Table:
    """Returns what readings hold many of, with the capture's id and the position added."""
    counts = [len(group) for _, group in groups]
    documents = [reading.document for reading, _ in groups]
    document_ids = [document.document_id if document else None for document in documents]
    values: dict[str, Sequence[Any]] = {
        "capture_id": _repeated([reading.capture_id for reading, _ in groups], counts),
        "document_id": _repeated(document_ids, counts),
        "seq": [seq for count in counts for seq in range(count)],
    }
    if table is schema.LINKS:
        del values["document_id"]  # of the document it leads to, not of the one it stands in
    records = list(chain.from_iterable(group for _, group in groups))
    return _record_table(table, records, values)


def _repeated(texts: Sequence[str | None], counts: Sequence[int]) -> pa.Array:
    """Returns each text as often as is said, made without an object for every row."""
    rows = [
        (text, end) for text, end, n in zip(texts, accumulate(counts), counts, strict=True) if n
    ]
    ends = pa.array([end for _, end in rows], pa.int32())
    values = pa.array([text for text, _ in rows], pa.string())
    return pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(ends, values))


def _columns_table(
    table: Table, names: Mapping[str, str], readings: Sequence[Reading], held: str
) -> pa.Table:
    """Returns what readings hold as columns, those of all put end to end.

    Args:
        table: The table.
        names: The name of each of its columns among those that a reading holds.
        readings: The readings.
        held: The attribute of a reading that has the columns.
    """
    groups = [getattr(reading, held) for reading in readings]
    counts = list(map(len, groups))
    columns: dict[str, Sequence[Any]] = {
        "capture_id": _repeated([reading.capture_id for reading in readings], counts),
        "seq": [seq for count in counts for seq in range(count)],
    }
    for name, plural in names.items():
        columns[name] = list(chain.from_iterable(map(attrgetter(plural), groups)))
    return _table(table, columns)


def _record_table(
    table: Table, records: Sequence[object], values: Mapping[str, Sequence[Any]]
) -> pa.Table:
    """Returns records as a table; `values` has the columns that are no attributes of theirs."""
    columns = {
        name: values[name] if name in values else list(map(attrgetter(name), records))
        for name in table.column_names
    }
    return _table(table, columns)


def _table(table: Table, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    arrays = [_array(table, column, columns[column.name]) for column in table.columns]
    return pa.Table.from_arrays(arrays, schema=_SCHEMAS[table.name])


def _array(table: Table, column: Column, values: Sequence[Any]) -> pa.Array:
    if column.type == "timestamp":
        values = [_utc(value) for value in values]
    array = values if isinstance(values, pa.Array) else pa.array(values, _TYPES[column.type])
    if array.null_count and not column.nullable:
        raise ValueError(f"{table.name}.{column.name} lacks a value in {array.null_count} rows")
    return array


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)
