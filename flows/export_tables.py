"""`refworld export DEST --format csv|jsonl|parquet`: tables or an answer as a data package."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from flows.looking.data_package import RELATIONS, Exported, described
from flows.looking.opened import Database, opened, refuse
from flows.looking.table_files import FORMS, write_file
from flows.outcomes import ALL_WELL
from flows.printable import printable
from flows.quantities import counted, human_bytes
from warehouse import disk
from warehouse.guard import QueryLimits, confine
from warehouse.home import Home
from warehouse.query import current_snapshot, run_sql
from warehouse.schema import TABLES

DESCRIPTION = "datapackage.json"
_ANSWER = "answer"
_LIMITS = QueryLimits()


def export_tables_command(
    home: Home, folder: Path, form: str, query: str | None, tables: str | None, is_raw: bool
) -> int:
    """Writes a data package and returns the exit code; the folder is there whole or not at all.

    Args:
        home: The data home.
        folder: The package: a new folder.
        form: `parquet`, `csv` or `jsonl`.
        query: SQL whose answer is exported; it reads the database and nothing else.
        tables: Names of tables and views, parted by commas; all tables when neither is given.
        is_raw: Whether cells of CSV that a spreadsheet takes for formulas stay as they are.
    """
    if form not in FORMS:
        refuse(f"{form!r} is no form: bag, {', '.join(FORMS)}")
    if query is not None and tables is not None:
        refuse("give either --query or --tables")
    if folder.exists():
        refuse(f"{printable(str(folder))} is there already; give a new folder")
    names = _names(tables)
    draft = disk.make_draft_folder(folder.parent, f".{folder.name}")
    try:
        with opened(home) as database:
            asked = {_ANSWER: query} if query is not None else _queries(names)
            files = _write(database, asked, form, draft, query, is_raw)
        disk.sync_folder(draft)
        disk.replace(draft, folder)
    finally:
        disk.remove_tree(draft)
    rows = sum(file.row_count for file in files)
    size = human_bytes(sum(file.byte_length for file in files))
    typer.echo(
        f"Wrote {counted(len(files), 'file')} ({counted(rows, 'row')}, {size}) and "
        f"{DESCRIPTION} to {printable(str(folder))}."
    )
    return ALL_WELL


def _names(tables: str | None) -> list[str]:
    if tables is None:
        return [table.name for table in TABLES]
    known = {relation.name for relation in RELATIONS}
    names = list(dict.fromkeys(name.strip() for name in tables.split(",")))
    if unknown := [name for name in names if name not in known]:
        listed = ", ".join(sorted(known))
        refuse(f"no table or view: {printable(', '.join(unknown))}. There are: {listed}")
    return names


def _queries(names: Sequence[str]) -> dict[str, str]:
    keys = {table.name: ", ".join(table.key) for table in TABLES}
    return {name: f"FROM {name} ORDER BY {keys.get(name, 'ALL')}" for name in names}


def _write(
    database: Database,
    asked: dict[str, str],
    form: str,
    draft: Path,
    query: str | None,
    is_raw: bool,
) -> list[Exported]:
    snapshot = current_snapshot(database)
    versions = run_sql(database, "SELECT DISTINCT code_version FROM batches ORDER BY ALL").rows
    code_versions = [version for (version,) in versions]
    if query is not None:
        confine(database, _LIMITS, draft / f"{_ANSWER}.{form}")
    files = [write_file(database, name, sql, form, draft, is_raw) for name, sql in asked.items()]
    content = described(files, snapshot, code_versions, query)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    disk.write_whole(draft / DESCRIPTION, text.encode())
    for file in files:
        disk.sync_file(draft / file.path)
    return files
