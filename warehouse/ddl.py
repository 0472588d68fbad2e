"""The database's definition, derived from `schema`: tables, views, comments, the dictionary."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warehouse import schema
from warehouse.schema import Column, Macro, Table, View

_TYPES = {
    "text": "VARCHAR",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "text[]": "VARCHAR[]",
    "int64[]": "BIGINT[]",
}
_VIEWS = Path(__file__).with_name("views")
_MACROS = Path(__file__).with_name("macros")
# The rule for the best version of a document, wherever it is asked for.
_BEST_VERSION = "$best_version"


def statements() -> Iterator[str]:
    """Yields the statements that make an empty database: tables, views, macros, with comments.

    The last makes the macro `schema_sha256()`, the digest of the others, by which a database of
    another schema is known. The tables have no primary keys yet: `primary_keys` adds them, once
    the rows are in.
    """
    yield from _definitions()
    yield f"CREATE MACRO schema_sha256() AS {literal(schema_sha256())}"


def schema_sha256() -> str:
    """Returns the digest (hex) of all that makes a database but its rows."""
    return hashlib.sha256("\n".join([*_definitions(), *primary_keys()]).encode()).hexdigest()


def primary_keys() -> Iterator[str]:
    """Yields the statements that give tables their primary keys.

    An index that is made of all rows at once is made faster than one that grows with them.
    """
    for table in schema.TABLES:
        if not table.has_primary_key:
            continue
        names = ", ".join(map(quoted, table.key))
        yield f"ALTER TABLE {table.name} ADD PRIMARY KEY ({names})"


def _definitions() -> Iterator[str]:
    for table in schema.TABLES:
        yield _create_table(table)
        yield from _comments("TABLE", table)
    for view in schema.VIEWS:
        yield f"CREATE VIEW {view.name} AS {_query(_VIEWS, view.name)}"
        yield from _comments("VIEW", view)
    for macro in schema.MACROS:
        yield f"CREATE MACRO {macro.signature} AS TABLE {_query(_MACROS, macro.name)}"
        yield f"COMMENT ON MACRO TABLE {macro.name} IS {literal(macro.description)}"


def dictionary_rows() -> list[dict[str, Any]]:
    """Returns the rows of `dictionary`: every column of every table, view and macro."""
    relations: tuple[Table | View | Macro, ...] = (*schema.TABLES, *schema.VIEWS, *schema.MACROS)
    return [
        {
            "table_name": relation.signature if isinstance(relation, Macro) else relation.name,
            "column_name": column.name,
            "position": position,
            "type": _TYPES[column.type],
            "is_nullable": column.nullable,
            "is_key": isinstance(relation, Table) and column.name in relation.key,
            "description": column.description,
        }
        for relation in relations
        for position, column in enumerate(relation.columns, 1)
    ]


def _query(folder: Path, name: str) -> str:
    query = (folder / f"{name}.sql").read_text(encoding="utf-8")
    best = (_VIEWS / "rules" / "best_version.sql").read_text(encoding="utf-8")
    return query.replace(_BEST_VERSION, best)


def _create_table(table: Table) -> str:
    lines = [_column(column) for column in table.columns]
    return f"CREATE TABLE {table.name} (\n    " + ",\n    ".join(lines) + "\n)"


def _column(column: Column) -> str:
    constraint = "" if column.nullable else " NOT NULL"
    return f"{quoted(column.name)} {_TYPES[column.type]}{constraint}"


def _comments(kind: str, relation: Table | View) -> Iterator[str]:
    yield f"COMMENT ON {kind} {relation.name} IS {literal(relation.description)}"
    for column in relation.columns:
        name = f"{relation.name}.{quoted(column.name)}"
        yield f"COMMENT ON COLUMN {name} IS {literal(column.description)}"


def type_of(column: Column) -> str:
    """Returns DuckDB's type of a column."""
    return _TYPES[column.type]


def quoted(name: str) -> str:
    """Returns a name as SQL writes it."""
    return f'"{name}"'


def literal(text: str) -> str:
    """Returns a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
