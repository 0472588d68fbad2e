"""The lake's files under the catalogues of other engines, taken in where they lie."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.sql import SqlCatalog

from tests.warehouse.pages import commit_batch, files_below, page, publish_all
from warehouse.committed import read_commits, table_paths_of
from warehouse.compaction import compact
from warehouse.home import Home
from warehouse.schema import DERIVED_TABLES

TABLES = [table.name for table in DERIVED_TABLES]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a pack and a batch beside it, and its database."""
    home = Home(tmp_path / "data")
    for number in range(3):
        commit_batch(home, [page(number, "Odd!")])
    compact(home)
    commit_batch(home, [page(number, "Odd!") for number in range(3, 6)])
    publish_all(home)
    return home


def own_rows(home: Home, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.database), read_only=True) as database:
        return database.execute(f"FROM {table} ORDER BY ALL").fetchall()


def test_ducklake_takes_the_files_in_and_copies_nothing(home: Home, tmp_path: Path) -> None:
    before = files_below(home.derived)
    package = importlib.resources.files("duckdb_extension_ducklake")
    extension = package / "extensions" / f"v{duckdb.__version__}" / "ducklake.duckdb_extension"
    with duckdb.connect() as other:
        other.execute(f"LOAD '{extension}'")
        written = tmp_path / "written"
        other.execute(
            f"ATTACH 'ducklake:{tmp_path}/catalog.ducklake' AS lake (DATA_PATH '{written}/')"
        )
        for table in TABLES:
            paths = table_paths_of(home, read_commits(home), table)
            assert len(paths) == 2
            other.execute(f"CREATE TABLE lake.{table} AS FROM read_parquet('{paths[0]}') LIMIT 0")
            for path in paths:
                other.execute(f"CALL ducklake_add_data_files('lake', '{table}', '{path}')")
            found = other.execute(f"FROM lake.{table} ORDER BY ALL").fetchall()
            assert found == own_rows(home, table)
    assert not list(written.rglob("*.parquet"))
    assert files_below(home.derived) == before


def test_iceberg_takes_the_files_in_and_copies_nothing(home: Home, tmp_path: Path) -> None:
    before = files_below(home.derived)
    warehouse = tmp_path / "iceberg"
    warehouse.mkdir()
    catalog = SqlCatalog(
        "refworld", uri=f"sqlite:///{tmp_path}/iceberg.db", warehouse=f"file://{warehouse}"
    )
    catalog.create_namespace("refworld")
    for name in TABLES:
        paths = table_paths_of(home, read_commits(home), name)
        table = catalog.create_table(
            f"refworld.{name}", schema=pq.read_schema(paths[0]).remove_metadata()
        )
        table.add_files([str(path) for path in paths])
        rows = table.scan().to_arrow()
        with duckdb.connect() as other:
            other.register("found", rows)
            found = other.execute("FROM found ORDER BY ALL").fetchall()
        assert found == own_rows(home, name)
    catalog.close()
    assert not list(warehouse.rglob("data/*.parquet"))
    assert files_below(home.derived) == before
