"""`refworld sql`: the answer to a question, as a table to read or as data to keep."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from flows.looking.cells import csv_text, defused, json_value
from flows.looking.opened import Database, opened, refuse
from flows.outcomes import ALL_WELL
from flows.printable import complain, printable
from warehouse import disk
from warehouse.guard import QueryLimits, confine, time_limit
from warehouse.home import Home
from warehouse.naming import relations
from warehouse.query import Result, run_sql, write_parquet

_ROWS_SHOWN = 1000
_NO_WIDTH = 1 << 30
DEFAULT_LIMITS = QueryLimits()

Writer = Callable[[Result, TextIO], None]


def sql_command(
    home: Home,
    query: str | None,
    form: str,
    out: Path | None,
    limits: QueryLimits = DEFAULT_LIMITS,
    is_raw: bool = False,
) -> int:
    """Answers `query` and returns the exit code.

    Args:
        home: The data home.
        query: SQL; the database is open for reading only. None for what standard input has, or
            for a prompt that asks for one query after the other when that is a terminal.
        form: `table`, `csv`, `json` or `parquet`.
        out: File to write; None for standard output, which Parquet refuses.
        limits: Memory, time, and whether files outside may be reached.
        is_raw: Whether cells of CSV that a spreadsheet takes for formulas stay as they are.
    """
    if form not in (*WRITERS, "parquet"):
        refuse(f"{form!r} is no form: table, csv, json or parquet")
    if form == "parquet" and out is None:
        refuse("Parquet is no text: say where to write it with --out FILE")
    if query is None and sys.stdin.isatty() and sys.stdout.isatty() and out is None:
        return _ask_on(home, form, limits, is_raw)
    query = sys.stdin.read() if query is None else query
    if not query.strip():
        refuse("There is no query: give it as an argument or on standard input")
    with opened(home) as database:
        confine(database, limits, _draft_of(out) if out and form == "parquet" else None)
        with time_limit(database, limits.seconds, _say_stuck):
            if form == "parquet" and out:
                _write_parquet(database, query, out)
            else:
                with _output(out) as stream:
                    _writer(form, is_raw)(run_sql(database, query), stream)
    return ALL_WELL


def _ask_on(home: Home, form: str, limits: QueryLimits, is_raw: bool) -> int:
    """Answers queries as they are typed, until there are no more."""
    from flows.looking.sql_prompt import ask_on

    with opened(home) as database:
        confine(database, limits)

        def answer(query: str) -> None:
            with time_limit(database, limits.seconds, _say_stuck):
                _writer(form, is_raw)(run_sql(database, query), sys.stdout)

        ask_on(home, relations(database), answer)
    return ALL_WELL


def _say_stuck() -> None:
    complain("The query was interrupted and does not stop; the command ends without it.")


def _draft_of(out: Path) -> Path:
    return out.with_name(f".{out.name}.draft")


def _writer(form: str, is_raw: bool) -> Writer:
    return _write_raw_csv if form == "csv" and is_raw else WRITERS[form]


@contextmanager
def _output(out: Path | None) -> Iterator[TextIO]:
    """Holds standard output, or a file that is there whole or not at all."""
    if out is None:
        yield sys.stdout
        return
    draft = _draft_of(out)
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        disk.replace(draft, out)
    finally:
        disk.remove_file(draft)


def _write_parquet(database: Database, query: str, out: Path) -> None:
    draft = _draft_of(out)
    try:
        write_parquet(database, query, draft)
        disk.replace(draft, out)
    finally:
        disk.remove_file(draft)


def write_table(result: Result, stream: TextIO | None = None) -> None:
    """Writes a result as a table for people, to standard output unless `stream` is given."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for column in result.columns:
        table.add_column(Text(printable(column)), overflow="fold")
    rows = list(islice(result.rows, _ROWS_SHOWN + 1))
    for row in rows[:_ROWS_SHOWN]:
        table.add_row(*(Text("" if value is None else printable(str(value))) for value in row))
    stream = stream or sys.stdout
    # Where no screen bounds it, each row is a line, however long, for programs that read lines.
    is_bounded = stream.isatty() or "COLUMNS" in os.environ
    console = Console(file=stream, highlight=False, width=None if is_bounded else _NO_WIDTH)
    console.print(table)
    if len(rows) > _ROWS_SHOWN:
        for _ in result.rows:
            pass  # read to its end, as DuckDB wants of every result
        console.print(f"The first {_ROWS_SHOWN} rows; --format csv gives them all.")


def _write_csv(result: Result, stream: TextIO) -> None:
    _write_cells(result, stream, defused)


def _write_raw_csv(result: Result, stream: TextIO) -> None:
    _write_cells(result, stream, csv_text)


def _write_cells(result: Result, stream: TextIO, text_of: Callable[[Any], str]) -> None:
    clean: Callable[[str], str] = printable if stream.isatty() else str
    writer = csv.writer(stream)
    writer.writerow([clean(text_of(column)) for column in result.columns])
    for row in result.rows:
        writer.writerow([clean(text_of(value)) for value in row])


def _write_json(result: Result, stream: TextIO) -> None:
    """Writes an array of objects, one to a line, that is never whole in memory."""
    parting = "[\n"
    for row in result.rows:
        values = {name: json_value(value) for name, value in zip(result.columns, row, strict=True)}
        stream.write(parting + json.dumps(values, ensure_ascii=stream.isatty()))
        parting = ",\n"
    stream.write("[]\n" if parting == "[\n" else "\n]\n")


WRITERS: dict[str, Writer] = {
    "table": write_table,
    "csv": _write_csv,
    "json": _write_json,
}
