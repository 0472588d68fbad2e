"""Every recipe of the cookbook answers over a small corpus that has something of everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.reference import reference_rows
from tests.warehouse.pages import CODE_VERSION, STARTED, acquisition_row, run_row
from transforms.reading import read_page
from transforms.records import capture_of
from warehouse import recipes
from warehouse.commits import commit, stage
from warehouse.database import publish
from warehouse.events import write_event_tables
from warehouse.home import Home
from warehouse.recipes import cookbook_rows

PAGE = """Last Updated: Wednesday, {day:02d} May 2023, 15:44 GMT

2006 Trafficking in Persons Report - Peru

Publisher United States Department of State
Publication Date {date}
Cite as United States Department of State, 2006 Trafficking in Persons Report - Peru, {date}, \
available at: https://www.refworld.org/docid/{id}.html [accessed 2 June 2023]
DisclaimerThis is not a UNHCR publication. UNHCR is not responsible for, nor does it necessarily \
endorse, its content.

Peru (Tier 2)

Peru was placed on Tier 3 in 2004. The clerks wrote down each case of forced domestic labor.

Protection

{more}
"""
FORMER = """The Nets of Zaire

Publisher Human Rights Watch
Publication Date 11 March 1995
Cite as Human Rights Watch, The Nets of Zaire, 11 March 1995, available at: \
https://www.refworld.org/docid/4680d8a84d.html [accessed 2 June 2023]

Zaire

The nets were mended by the river.
"""
ABROAD = (
    "Chile has a long coast. Peruvian victims were taken to Spain and, with Congolese families, to "
    "Chile. The embassy of Japan wrote. Those from Nigeria stayed."
)
RECIPES = cookbook_rows()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("cookbook") / "data")
    pages = [
        PAGE.format(day=31, date="5 June 2006", id="4680d8a81d", more="Families waited."),
        PAGE.format(day=24, date="5 June 2006", id="4680d8a81d", more="Families still waited."),
        PAGE.format(day=17, date="June 2006", id="4680d8a82d", more=ABROAD),
        "A line.\x07 " + PAGE.format(day=10, date="2006", id="4680d8a83d", more="Nobody came."),
        FORMER,
    ]
    captures = [capture_of(page.encode(), "file:///page.txt") for page in pages]
    commit(home, stage(home, captures, [read_page(c) for c in captures], CODE_VERSION))
    lost = {"outcome": "quarantined", "capture_id": None, "issue_code": "vanished", "words": "x"}
    rows = [
        *(acquisition_row("r1", seq, capture) for seq, capture in enumerate(captures)),
        acquisition_row("r1", len(captures), captures[0], **lost),
    ]
    ledger = {
        "input_count": len(rows),
        "input_bytes": sum(row["byte_length"] for row in rows),
        "new_count": len(captures),
        "new_bytes": sum(row["byte_length"] for row in rows[:-1]),
        "quarantined_count": 1,
        "quarantined_bytes": rows[-1]["byte_length"],
    }
    write_event_tables(home, "r1", {"runs": [run_row("r1", **ledger)], "acquisitions": rows})
    publish(home, reference_rows(), clock=lambda: STARTED)
    with duckdb.connect(str(home.database), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe["name"])
def test_a_recipe_answers(recipe: dict[str, str], database: duckdb.DuckDBPyConnection) -> None:
    assert database.execute(recipe["sql"]).fetchall()
    stored = database.execute("SELECT * FROM cookbook WHERE name = ?", [recipe["name"]]).fetchone()
    assert stored == tuple(recipe.values())


def test_there_is_a_choice() -> None:
    assert len(RECIPES) >= 15
    assert all(recipe["question"].endswith("?") for recipe in RECIPES)


def test_a_recipe_without_its_question_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "odd.sql").write_text("SELECT 1\nFROM x\nWHERE y\n")
    monkeypatch.setattr(recipes, "_FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"odd\.sql"):
        cookbook_rows()


def answer(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return database.execute(query).fetchall()


def test_nothing_is_called_unhcrs_that_says_it_is_not(
    database: duckdb.DuckDBPyConnection,
) -> None:
    assert answer(database, "SELECT DISTINCT is_unhcr_publication FROM roles") == [(False,)]


def test_the_latest_version_is_the_one_updated_last(database: duckdb.DuckDBPyConnection) -> None:
    assert answer(
        database,
        "SELECT version_count, last_updated::DATE::VARCHAR FROM citations "
        "JOIN document_versions USING (capture_id) "
        "WHERE is_latest AND citations.document_id = '4680d8a81d'",
    ) == [(2, "2023-05-31")]


def test_the_overview_counts_each_document_once_for_its_country(
    database: duckdb.DuckDBPyConnection,
) -> None:
    assert answer(
        database,
        "SELECT country_code, sum(document_count) FROM corpus_overview GROUP BY ALL ORDER BY ALL",
    ) == [("PER", 3), ("ZAR", 1)]


def test_destinations_are_named_behind_the_victims(database: duckdb.DuckDBPyConnection) -> None:
    [recipe] = [recipe for recipe in RECIPES if recipe["name"] == "destinations_of_victims"]
    assert answer(database, f"SELECT country_code, printed FROM ({recipe['sql']})") == [
        ("CHL", "Peruvian victims were taken to Spain and, with Congolese families, to Chile"),
        ("ESP", "Peruvian victims were taken to Spain"),
    ]
    assert answer(database, "SELECT DISTINCT words FROM mentions WHERE country_code IS NULL") == [
        ("Congolese",)
    ]
