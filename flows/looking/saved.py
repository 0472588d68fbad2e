"""`refworld sql --save`, `--replay` and `--saved`: answers that can be proven later.

An answer's digest is over its rows as JSON lines, sorted: SQL promises no order that it was not
asked for, and one that it was asked for can be had again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import typer

from flows.code_version import code_version
from flows.intake.times import now
from flows.looking.cells import json_value
from flows.looking.opened import Database, opened, refuse
from flows.outcomes import ALL_WELL
from flows.printable import complain, printable, shortened
from flows.quantities import counted
from warehouse.guard import QueryLimits, confine, time_limit
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.query import captures_of_documents, captures_since, current_snapshot, run_sql
from warehouse.saved import NoSavedQuery, save_query, saved_queries, saved_query

CHANGED = 1
MOST_ROWS = 200_000
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SHOWN = 20
_WORDS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave, in the form in which it is kept.

    Args:
        columns: Names.
        types: DuckDB's types.
        rows: The rows as JSON arrays, sorted.
        basis: `capture_id`, `document_id` or `snapshot`.
        capture_ids: The captures that it rests on by its own words, ascending.
        snapshot: The row of `snapshots` of the database that gave it.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[str]
    basis: str
    capture_ids: list[str]
    snapshot: dict[str, Any]

    @property
    def sha256(self) -> str:
        """The digest of the content, hex."""
        digest = hashlib.sha256(json.dumps([self.columns, self.types]).encode())
        for row in self.rows:
            digest.update(f"\n{row}".encode())
        return digest.hexdigest()


def save_command(home: Home, sql: str, name: str, limits: QueryLimits) -> int:
    """Saves a query with its answer and what it rests on; returns the exit code.

    Args:
        home: The data home.
        sql: The query.
        name: Lower-case letters, digits, `-` and `_`.
        limits: Memory and time; it may not reach outside, where nothing can be proven.
    """
    if not _NAME.fullmatch(name):
        refuse(f"{name!r} is no name: lower-case letters, digits, - and _, at most 64")
    if limits.is_external:
        refuse("what lies outside the database cannot be proven later; leave --external out")
    with opened(home) as database:
        answer = _answer(database, sql, limits)
    row = {
        "name": name,
        "sql": sql,
        "saved_at": now(),
        "snapshot_id": answer.snapshot["snapshot_id"],
        "snapshot_number": answer.snapshot["number"],
        "code_version": code_version(),
        "columns": list(answer.columns),
        "types": list(answer.types),
        "row_count": len(answer.rows),
        "rows_sha256": answer.sha256,
        "basis": answer.basis,
        "capture_ids": answer.capture_ids,
    }
    try:
        with writer_lock(home, wait=True, on_wait=complain):
            save_query(home, row, answer.rows)
    except NoSavedQuery as error:
        refuse(str(error))
    typer.echo(f"Saved as {name}: {_summary(row)}.")
    typer.echo(f"refworld sql --replay {name} proves it, or shows the difference.")
    return ALL_WELL


def saved_command(home: Home) -> int:
    """Lists the saved queries; returns the exit code."""
    for row in saved_queries(home):
        typer.echo(f"{row['name']}  {row['saved_at']:%Y-%m-%d %H:%M} UTC  {_summary(row)}")
        typer.echo(f"  {shortened(row['sql'], _WORDS)}")
    return ALL_WELL


def replay_command(home: Home, name: str, limits: QueryLimits) -> int:
    """Asks a saved query again; returns 0 when the answer is the same, 1 when it is another."""
    try:
        saved, rows = saved_query(home, name)
    except NoSavedQuery as error:
        refuse(str(error))
    with opened(home) as database:
        answer = _answer(database, saved["sql"], limits)
        came = captures_since(database, saved["snapshot_number"])
    typer.echo(f"{name}, saved {saved['saved_at']:%Y-%m-%d %H:%M} UTC: {_summary(saved)}.")
    snapshot = answer.snapshot
    now_at = f"snapshot {snapshot['snapshot_id']} (number {snapshot['number']})"
    if answer.sha256 == saved["rows_sha256"]:
        typer.echo(f"Proven: {now_at} gives the same answer.")
        return ALL_WELL
    typer.echo(f"Not the same: {now_at} gives {counted(len(answer.rows), 'row')}, ", nl=False)
    typer.echo(f"SHA-256 {answer.sha256}.")
    _say_columns(saved, answer)
    _say_rows("-", "gone", Counter(rows) - Counter(answer.rows))
    _say_rows("+", "new", Counter(answer.rows) - Counter(rows))
    _say_captures(saved, answer, came)
    return CHANGED


def _answer(database: Database, sql: str, limits: QueryLimits) -> Answer:
    snapshot = current_snapshot(database)
    # Sums of fractions depend on the order in which they are made.
    list(run_sql(database, "SET threads = 1").rows)
    confine(database, limits)
    with time_limit(database, limits.seconds, lambda: complain("The query does not stop.")):
        result = run_sql(database, sql)
        found: list[list[Any]] = []
        for row in result.rows:
            found.append([_kept(value) for value in row])
            if len(found) > MOST_ROWS:
                refuse(f"the answer has more than {MOST_ROWS} rows; what is saved is kept whole")
    basis = next((n for n in ("capture_id", "document_id") if n in result.columns), "snapshot")
    capture_ids: list[str] = []
    if basis != "snapshot":
        at = result.columns.index(basis)
        named = sorted({row[at] for row in found if isinstance(row[at], str)})
        is_capture = basis == "capture_id"
        capture_ids = named if is_capture else captures_of_documents(database, named)
    rows = sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in found)
    return Answer(result.columns, result.types, rows, basis, capture_ids, snapshot)


def _kept(value: Any) -> Any:
    """Returns a value as it is kept; a number that JSON does not have is kept by its name."""
    if isinstance(value, float):
        kept = json_value(value)
        return repr(value) if kept is None else kept
    return f"{value.isoformat()}" if isinstance(value, datetime) else json_value(value)


def _summary(row: dict[str, Any]) -> str:
    rests = {
        "snapshot": "all captures of the snapshot",
        "capture_id": f"{counted(len(row['capture_ids']), 'capture')} that it names",
        "document_id": f"{counted(len(row['capture_ids']), 'capture')} of the documents it names",
    }[row["basis"]]
    return (
        f"{counted(row['row_count'], 'row')}, SHA-256 {row['rows_sha256']}, from snapshot "
        f"{row['snapshot_id']} (number {row['snapshot_number']}); rests on {rests}"
    )


def _say_columns(saved: dict[str, Any], answer: Answer) -> None:
    before = list(zip(saved["columns"], saved["types"], strict=True))
    after = list(zip(answer.columns, answer.types, strict=True))
    if before != after:
        for mark, columns in (("-", before), ("+", after)):
            typer.echo(f"{mark} columns {printable(', '.join(map(' '.join, columns)))}")


def _say_rows(mark: str, what: str, rows: Counter[str]) -> None:
    count = rows.total()
    typer.echo(f"{counted(count, 'row')} {what}{':' if count else '.'}")
    for row in sorted(rows.elements())[:_SHOWN]:
        typer.echo(f"  {mark} {shortened(row, _WORDS)}")
    if count > _SHOWN:
        typer.echo(f"  {mark} and {count - _SHOWN} more")


def _say_captures(saved: dict[str, Any], answer: Answer, came: Sequence[str]) -> None:
    if saved["basis"] != "snapshot" and answer.basis != "snapshot":
        before, after = set(saved["capture_ids"]), set(answer.capture_ids)
        _say_ids("is named now and was not", sorted(after - before), came)
        _say_ids("was named and is not now", sorted(before - after), came)
        return
    _say_ids("came in since", list(came), came)


def _say_ids(what: str, ids: Sequence[str], came: Sequence[str]) -> None:
    if not ids:
        return
    later = set(came)
    typer.echo(f"{counted(len(ids), 'capture')}, each of which {what}:")
    for capture_id in ids[:_SHOWN]:
        since = "  (came in since)" if capture_id in later else ""
        typer.echo(f"  {capture_id}{since}")
    if len(ids) > _SHOWN:
        typer.echo(f"  and {len(ids) - _SHOWN} more")
