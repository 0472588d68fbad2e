"""Parquet files of the lake as relations that DuckDB reads, of whatever schema they are.

What is recorded is never rewritten, and what is derived not before the next ingest: files of an
older schema stand beside those of today's, and lack tables and columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from warehouse.commits import Commit
from warehouse.ddl import literal, quoted, type_of
from warehouse.home import Home
from warehouse.schema import Column, Table


def parquet_source(paths: Sequence[Path], is_united: bool = False) -> str:
    """Returns what stands after FROM to read these Parquet files as one relation.

    Args:
        paths: The files.
        is_united: Whether some may lack columns of others.
    """
    listed = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet([{listed}], union_by_name = {str(is_united).lower()})"


def completed_source(table: Table, paths: Sequence[Path]) -> str:
    """Returns what stands after FROM to read a table's files of any schema, with all its columns.

    A column that a file lacks is `Column.absent` in its rows. One that the table does not know,
    because newer code has written it, stays: it cannot be loaded, rather than be lost.
    """
    columns = ", ".join(f"CAST(NULL AS {type_of(c)}) AS {quoted(c.name)}" for c in table.columns)
    nothing = f"(SELECT {columns} WHERE false)"
    if not paths:
        return nothing
    union = f"FROM {parquet_source(paths, is_united=True)} UNION ALL BY NAME FROM {nothing}"
    absent = ", ".join(map(_completed, filter(_has_substitute, table.columns)))
    return f"(FROM ({union}) SELECT * REPLACE ({absent}))" if absent else f"({union})"


def derived_sources(home: Home, batches: Iterable[Commit], table: Table) -> list[str]:
    """Returns the sources of a derived table's rows in these batches: few, however many they are.

    Those of today's schema are read as they are; the others are completed. Of a pack of which some
    batches are not among these, only the captures of the others are read.
    """
    current: list[Path] = []
    older: list[Path] = []
    parts: list[str] = []
    for entries in by_folder(batches):
        if not entries[0].has_table(table.name):
            continue
        path = entries[0].table_path(home, table.name)
        place = entries[0].in_pack
        if place is None or place.member_count == len(entries):
            (current if entries[0].is_current else older).append(path)
        else:
            parts.append(_part_of(home, entries, table, path))
    sources = [parquet_source(current)] if current else []
    return [*sources, *([completed_source(table, older)] if older else []), *parts]


def by_folder(batches: Iterable[Commit]) -> list[list[Commit]]:
    """Returns batches in groups of those whose tables lie in one folder."""
    found: dict[str, list[Commit]] = {}
    for entry in batches:
        found.setdefault(entry.folder_name, []).append(entry)
    return list(found.values())


def _part_of(home: Home, entries: Sequence[Commit], table: Table, path: Path) -> str:
    is_current = entries[0].is_current
    source = parquet_source([path]) if is_current else completed_source(table, [path])
    captures = parquet_source([entries[0].table_path(home, "captures")])
    names = ", ".join(literal(entry.warc_name) for entry in entries)
    kept = f"(FROM {captures} SELECT capture_id WHERE warc_file IN ({names}))"
    return f"(FROM {source} SEMI JOIN {kept} AS kept USING (capture_id))"


def _has_substitute(column: Column) -> bool:
    return column.absent is not None


def _completed(column: Column) -> str:
    name = quoted(column.name)
    absent = "[]" if column.absent == [] else literal(str(column.absent))
    return f"coalesce({name}, CAST({absent} AS {type_of(column)})) AS {name}"
