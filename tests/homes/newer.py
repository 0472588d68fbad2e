"""A copy of this source tree as a later version may be: with more columns, and one table more.

What it adds is put at the end of three modules, so that the copy follows whatever they become.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.flows.conftest import ROOT, command_environment

_SCHEMA = """
def _with(name: str, *columns: Column) -> None:
    global TABLES
    changed = tuple(
        replace(table, columns=(*table.columns, *columns)) if table.name == name else table
        for table in TABLES
    )
    TABLES = changed
    globals()[name.upper()] = next(table for table in changed if table.name == name)


MARKS = Table(
    "marks",
    DERIVED,
    "Marks of captures.",
    ("capture_id",),
    (_CAPTURE_ID, Column("mark", "text", "The mark.")),
)
TABLES = (*TABLES, MARKS)
_with("captures", _opt("shelf", "text", "Where it stands."))
_with("document_versions", _opt("edition", "text", "Its edition."))
_with("superseded_readings", _opt("edition", "text", "Its edition."))
_with("blocks", Column("line_count", "int32", "Its lines."))
_with("runs", Column("spoken_count", "int64", "What was said."))
DERIVED_TABLES = tuple(table for table in TABLES if table.kind == DERIVED)
DERIVED_SCHEMA_ID = _identified(DERIVED_TABLES)
EVENT_TABLES = tuple(globals()[table.name.upper()] for table in EVENT_TABLES)
"""
_LAKE = """
_older_tables, _older_record_table, _older_table = derived_tables, _record_table, _table
_NEW = {"shelf": "A 7", "edition": "first", "line_count": 1}


def _new_values(table, count):
    return {name: [value] * count for name, value in _NEW.items() if name in table.column_names}


def _record_table(table, records, values):
    return _older_record_table(table, records, {**_new_values(table, len(records)), **values})


def _table(table, columns):
    count = len(next(iter(columns.values())))
    return _older_table(table, {**_new_values(table, count), **columns})


def derived_tables(captures, readings, warc_file, offsets):
    tables = _older_tables(captures, readings, warc_file, offsets)
    ids = [capture.capture_id for capture in captures]
    return {**tables, "marks": _table(schema.MARKS, {"capture_id": ids, "mark": ["x"] * len(ids)})}
"""
_EVENT_ROWS = """
_older_run_row = run_row


def run_row(**known):
    return {**_older_run_row(**known), "spoken_count": 7}
"""
_ADDED = {
    "warehouse/schema.py": _SCHEMA,
    "warehouse/lake.py": _LAKE,
    "flows/event_rows.py": _EVENT_ROWS,
}


def newer_code(folder: Path) -> dict[str, str]:
    """Makes the copy, and returns an environment in which Python finds it and these tests."""
    for name in ("flows", "transforms", "warehouse", "benchmarks", "tests"):
        leave = shutil.ignore_patterns("__pycache__", "golden", "fuzz", "crashes")
        shutil.copytree(ROOT / name, folder / name, ignore=leave)
    for name, added in _ADDED.items():
        with (folder / name).open("a", encoding="utf-8") as module:
            module.write(added)
    return command_environment(PYTHONPATH=str(folder))
