r"""A data package description (Frictionless Data Package 1.0) of tables that were exported.

Null and the empty text are told apart in CSV as well: null is `\N` in a column of text, where an
empty cell is an empty text, and an empty cell in any other column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.schema import MACROS, TABLES, VIEWS, Column, Macro, Table, View

NULL_TEXT = "\\N"
_MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
# Columns that name a row of another table, which has them as its key.
_REFERENCES = {
    "capture_id": "captures",
    "run_id": "runs",
    "publisher_id": "publishers",
    "code": "issue_codes",
}
# These tell also of runs and captures that are no rows of their tables any more, or not yet.
_LOOSE = frozenset(("snapshot_runs", "superseded_readings", "fetches"))
_TYPES = {
    **dict.fromkeys(
        (
            "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT"
        ).split(),
        "integer",
    ),
    **dict.fromkeys(("DOUBLE", "FLOAT", "DECIMAL"), "number"),
    **dict.fromkeys(("STRUCT", "MAP", "UNION"), "object"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"), "datetime"),
    "BOOLEAN": "boolean",
    "DATE": "date",
}
RELATIONS: tuple[Table | View, ...] = (*TABLES, *VIEWS)
_BY_NAME = {relation.name: relation for relation in RELATIONS}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written.

    Args:
        name: Table, view, or a name for what a query gave.
        path: Its name in the package's folder.
        form: `csv`, `jsonl` or `parquet`.
        columns: Names.
        types: DuckDB's types.
        row_count: Rows.
        byte_length: Bytes.
        sha256: Digest, hex.
    """

    name: str
    path: str
    form: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    row_count: int
    byte_length: int
    sha256: str


def type_of(duckdb_type: str) -> str:
    """Returns the type of a field for a type of DuckDB; what has none of its own is a string."""
    if duckdb_type.endswith("]"):
        return "array"
    return _TYPES.get(duckdb_type.partition("(")[0], "string")


def described(
    files: Sequence[Exported],
    snapshot: Mapping[str, Any],
    code_versions: Sequence[str],
    sql: str | None,
) -> dict[str, Any]:
    """Returns the content of `datapackage.json`.

    Args:
        files: What was written.
        snapshot: The row of `snapshots` that it comes from.
        code_versions: Versions of the code that read the captures of that snapshot.
        sql: The query, if it was one.
    """
    names = {file.name for file in files}
    snapshot_id = snapshot["snapshot_id"]
    return {
        "profile": "data-package",
        "name": f"refworld-{snapshot_id}",
        "title": "Documents of Refworld as archived: "
        + ("the answer to a query" if sql else "tables"),
        "created": f"{snapshot['published_at'].isoformat(timespec='seconds')}Z",
        "sources": [
            {"title": f"refworld-archive, snapshot {snapshot_id} (number {snapshot['number']})"},
            {"title": "Refworld", "path": "https://www.refworld.org/"},
        ],
        "provenance": {
            "snapshot_id": snapshot_id,
            "snapshot_number": snapshot["number"],
            "code_versions": list(code_versions),
            "sql": sql,
        },
        "resources": [_resource(file, names, snapshot_id) for file in files],
    }


def _resource(file: Exported, names: set[str], snapshot_id: str) -> dict[str, Any]:
    relation = _BY_NAME.get(file.name)
    described = {"description": relation.description} if relation else {}
    return {
        "name": file.name,
        "path": file.path,
        **described,
        "profile": "data-resource" if file.form == "parquet" else "tabular-data-resource",
        "format": file.form,
        "mediatype": _MEDIA_TYPES[file.form],
        **({} if file.form == "parquet" else {"encoding": "utf-8"}),
        "bytes": file.byte_length,
        "hash": f"sha256:{file.sha256}",
        "rows": file.row_count,
        "sources": [{"title": f"refworld-archive, snapshot {snapshot_id}"}],
        "schema": _schema(file, names, relation),
    }


def _schema(file: Exported, names: set[str], relation: Table | View | None) -> dict[str, Any]:
    known = {column.name: column for column in relation.columns} if relation else {}
    fields = [
        _field(name, type_of(duckdb_type), known.get(name), file.form)
        for name, duckdb_type in zip(file.columns, file.types, strict=True)
    ]
    said: dict[str, Any] = {"fields": fields}
    if file.form != "parquet":
        said["missingValues"] = [""] if file.form == "csv" else []
    if not isinstance(relation, Table):
        return said
    said["primaryKey"] = list(relation.key)
    keys = [
        {"fields": [name], "reference": {"resource": target, "fields": [name]}}
        for name, target in _REFERENCES.items()
        if name in known and target in names and file.name not in {target, *_LOOSE}
    ]
    return {**said, "foreignKeys": keys} if keys else said


def _field(name: str, kind: str, column: Column | None, form: str) -> dict[str, Any]:
    said: dict[str, Any] = {"name": name, "type": kind}
    description = column.description if column else _DESCRIPTIONS.get(name)
    if description:
        said["description"] = description
    if column and not column.nullable:
        said["constraints"] = {"required": True}
    if form == "csv" and kind == "string":
        said["missingValues"] = [NULL_TEXT]
    return said


def _single_descriptions() -> dict[str, str]:
    """Returns the descriptions of columns that mean the same wherever they stand."""
    found = defaultdict(set)
    relations: tuple[Table | View | Macro, ...] = (*RELATIONS, *MACROS)
    for relation in relations:
        for column in relation.columns:
            found[column.name].add(column.description)
    return {name: one for name, (one, *others) in found.items() if not others}


_DESCRIPTIONS = _single_descriptions()
