"""Tables and answers written as files of other programs: CSV, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.looking.cells import csv_text, defused, json_value
from flows.looking.data_package import NULL_TEXT, Exported, type_of
from flows.looking.opened import Database
from warehouse import disk
from warehouse.query import Result, run_sql, write_parquet

FORMS = ("parquet", "csv", "jsonl")


def write_file(
    database: Database, name: str, sql: str, form: str, folder: Path, is_raw: bool
) -> Exported:
    """Writes what a query gives to a file in a folder, and returns what there is to say of it.

    Args:
        database: The database.
        name: Name of the table or answer, which is the file's.
        sql: The query.
        form: One of `FORMS`.
        folder: The folder.
        is_raw: Whether cells of CSV that a spreadsheet takes for formulas stay as they are.
    """
    path = folder / f"{name}.{form}"
    if form == "parquet":
        write_parquet(database, sql, path)
        columns, types = _described(database, sql)
        row_count = _count(database, sql)
    else:
        result = run_sql(database, sql)
        columns, types = result.columns, result.types
        lines = _json_lines(result) if form == "jsonl" else _csv_lines(result, is_raw)
        row_count = _write(path, lines) - (form == "csv")
    sha256 = disk.sha256_of(path)
    length = path.stat().st_size
    return Exported(name, path.name, form, columns, types, row_count, length, sha256)


def _described(database: Database, sql: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    result = run_sql(database, f"FROM ({_bare(sql)}\n) LIMIT 0")
    list(result.rows)
    return result.columns, result.types


def _count(database: Database, sql: str) -> int:
    counting = f"SELECT count(*) FROM ({_bare(sql)}\n)"  # noqa: S608
    ((count,),) = run_sql(database, counting).rows
    return int(count)


def _bare(sql: str) -> str:
    return sql.strip().rstrip(";")


def _write(path: Path, lines: Iterator[str]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        for line in lines:
            stream.write(line)
            count += 1
    return count


def _json_lines(result: Result) -> Iterator[str]:
    for row in result.rows:
        values = dict(zip(result.columns, map(_json_cell, row), strict=True))
        yield json.dumps(values, ensure_ascii=False) + "\n"


def _csv_lines(result: Result, is_raw: bool) -> Iterator[str]:
    kinds = [type_of(duckdb_type) for duckdb_type in result.types]
    text_of = _text_of if is_raw else _safe_text_of
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)

    def line(cells: list[str]) -> str:
        stream.seek(0)
        stream.truncate()
        writer.writerow(cells)
        return stream.getvalue()

    yield line([text_of(column) for column in result.columns])
    for row in result.rows:
        yield line([_cell(value, kind, text_of) for value, kind in zip(row, kinds, strict=True)])


def _cell(value: Any, kind: str, text_of: Callable[[Any], str]) -> str:
    if kind == "string":
        if value is None:
            return NULL_TEXT
        # The one text that would be taken for null.
        return f"'{NULL_TEXT}" if value == NULL_TEXT else text_of(value)
    return text_of(value)


def _safe_text_of(value: Any) -> str:
    return defused(value) if isinstance(value, str) else _text_of(value)


def _text_of(value: Any) -> str:
    return _utc(value) if isinstance(value, datetime) else csv_text(value)


def _json_cell(value: Any) -> Any:
    return _utc(value) if isinstance(value, datetime) else json_value(value)


def _utc(moment: datetime) -> str:
    """Returns a time of the database, which is UTC, as data packages have it (ISO 8601)."""
    return f"{moment.replace(tzinfo=None).isoformat()}Z"
