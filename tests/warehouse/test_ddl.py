"""The database says what its tables mean, and says it from one declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from warehouse import ddl, schema
from warehouse.checking import checks


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for statement in (*ddl.statements(), *ddl.primary_keys()):
            connection.execute(statement)
        yield connection


def test_every_column_is_there_in_order_with_its_comment(
    database: duckdb.DuckDBPyConnection,
) -> None:
    found = database.execute(
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY table_name, column_index"
    ).fetchall()
    rows = [row for row in ddl.dictionary_rows() if "(" not in row["table_name"]]
    expected = sorted(rows, key=lambda row: (row["table_name"], row["position"]))
    assert found == [
        (row["table_name"], row["column_name"], row["type"], row["description"]) for row in expected
    ]


def test_tables_and_views_have_comments(database: duckdb.DuckDBPyConnection) -> None:
    tables = database.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
    views = database.execute(
        "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    assert dict(tables) == {table.name: table.description for table in schema.TABLES}
    assert dict(views) == {view.name: view.description for view in schema.VIEWS}


@pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)
def test_keys_and_nulls_are_declared(
    database: duckdb.DuckDBPyConnection, table: schema.Table
) -> None:
    found = database.execute(
        "SELECT constraint_type, constraint_column_names FROM duckdb_constraints() "
        "WHERE table_name = ?",
        [table.name],
    ).fetchall()
    keys = [tuple(names) for kind, names in found if kind == "PRIMARY KEY"]
    filled = {names[0] for kind, names in found if kind == "NOT NULL"}
    assert keys == [table.key] * table.has_primary_key
    assert filled == {c.name for c in table.columns if not c.nullable} | set(table.key)


def test_keys_without_an_index_are_checked() -> None:
    (check,) = (check for check in checks() if check.name == "keys_unique")
    checked = set(re.findall(r"FROM loaded_(\w+)", check.query)) | {"blocks"}
    assert checked == {table.name for table in schema.TABLES if not table.has_primary_key}


def test_the_dictionary_tells_of_views_too() -> None:
    rows = {(row["table_name"], row["column_name"]): row for row in ddl.dictionary_rows()}
    assert rows["documents", "version_count"]["position"] == len(schema.DOCUMENTS.columns)
    assert not rows["documents", "capture_id"]["is_key"]
    assert rows["blocks", "seq"]["is_key"]
    assert rows["sections", "heading"]["is_nullable"]
    assert rows["document_versions", "country_codes"]["type"] == "VARCHAR[]"
