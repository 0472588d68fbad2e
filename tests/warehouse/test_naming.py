"""What a query may name, and what is said of a name that is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import duckdb
import pytest

from tests.warehouse.pages import commit_batch, page, publish_all
from warehouse import schema
from warehouse.home import Home
from warehouse.naming import near, relations
from warehouse.query import open_database, run_sql, words_of, write_parquet


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("naming") / "data")
    commit_batch(home, [page(1)])
    publish_all(home)
    return home


@pytest.fixture
def database(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(open_database(home)) as database:
        yield database


def test_everything_that_a_query_may_name_is_told(database: duckdb.DuckDBPyConnection) -> None:
    known = relations(database)
    declared = (*schema.TABLES, *schema.VIEWS, *schema.MACROS)
    assert {relation.word for relation in known} == {one.name for one in declared}
    assert [relation.name for relation in known] == sorted(relation.name for relation in known)
    for relation in known:
        assert relation.description
        (of,) = [one for one in declared if one.name == relation.word]
        assert [name for name, _, _ in relation.columns] == [c.name for c in of.columns]
        assert all(type_ and meaning for _, type_, meaning in relation.columns)
    assert {"table", "view", "macro"} == {relation.kind for relation in known}


@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ("SELECT titel FROM documents", "documents.title: "),
        ("SELECT titel FROM superseded_readings", "superseded_readings.title: "),
        ("SELECT d.titel FROM documents AS d", "documents.title: "),
        ("SELECT documents.titel FROM documents", "documents.title: "),
        ("SELECT 1 FROM documents JOIN publishers USING (publsher_id)", "documents.publisher_id: "),
        ("FROM documnts", "documents: "),
        ("FROM provenance", "provenance(id): "),
        ("FROM documents_asof(DATE '2020-01-01')", "documents_as_of(day): "),
        ("SELECT blcks.text FROM documents", "blocks: "),
        ("SELECT tier FROM placements", "tip_placements: "),
    ],
)
def test_a_name_that_is_none_is_answered_with_the_nearest(
    home: Home, database: duckdb.DuckDBPyConnection, query: str, nearest: str
) -> None:
    with pytest.raises(duckdb.Error) as refused:
        run_sql(database, query)
    said = words_of(refused.value, home)
    assert said.startswith(str(refused.value))
    heading, first, *others = said.removeprefix(str(refused.value)).strip().splitlines()
    assert heading == "Nearest names:"
    assert first.strip().startswith(nearest)
    assert len(others) < 6
    assert all(len(line) < 120 for line in others)


def test_a_name_like_none_is_said_to_be_so(home: Home, database: duckdb.DuckDBPyConnection) -> None:
    for query in ("SELECT xqzw FROM documents", "FROM xqzw", f"FROM {'documents' * 9_000}"):
        with pytest.raises(duckdb.Error) as refused:
            run_sql(database, query)
        assert "refworld sql --tables" in words_of(refused.value, home)


def test_other_errors_are_left_as_they_are(home: Home, database: duckdb.DuckDBPyConnection) -> None:
    for query in ("SELECT", "SELECT nix(1)", "CREATE TABLE x (y INTEGER)"):
        with pytest.raises(duckdb.Error) as refused:
            run_sql(database, query)
        assert words_of(refused.value, home) == str(refused.value)


def test_a_table_that_is_to_be_written_has_its_names_explained_too(
    home: Home, database: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(duckdb.Error) as refused:
        write_parquet(database, "SELECT titel FROM documents", home.root / "x.parquet")
    assert "documents.title: " in words_of(refused.value, home)


def test_a_database_of_others_has_no_names_to_explain() -> None:
    with duckdb.connect() as other, pytest.raises(duckdb.Error) as refused:
        run_sql(other, "FROM documnts")
    assert not hasattr(refused.value, "__notes__")


def test_names_are_near_whatever_their_case(database: duckdb.DuckDBPyConnection) -> None:
    known = relations(database)
    assert next(relation.word for relation in near("MENTION", known)) == "mentions"
    assert near("", known) == near("qqqqqq", known) == []
