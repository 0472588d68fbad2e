"""The tiers of Trafficking in Persons reports as views: who stood where, and which words say so."""

from __future__ import annotations

from typing import Any

import duckdb

from flows.reference import reference_rows
from tests.warehouse.pages import CODE_VERSION
from transforms.reading import read_page
from transforms.records import Capture, capture_of
from warehouse.commits import commit, stage
from warehouse.database import publish
from warehouse.home import Home

PAGE = """Last Updated: Wednesday, 31 May 2023, 15:44 GMT

{year} Trafficking in Persons Report - {country}

Publisher United States Department of State
Publication Date 16 June 2009
Cite as United States Department of State, {year} Trafficking in Persons Report - {country}, 16 \
June 2009, available at: https://www.refworld.org/docid/{id}.html [accessed 2 June 2023]

{heading}

{country} was placed on Tier 3 in 2004.
"""


def country_page(document_id: str, year: int, country: str, heading: str) -> Capture:
    text = PAGE.format(id=document_id, year=year, country=country, heading=heading)
    return capture_of(text.encode(), "file:///page.txt")


def published(home: Home, *captures: Capture) -> duckdb.DuckDBPyConnection:
    readings = [read_page(capture) for capture in captures]
    commit(home, stage(home, captures, readings, CODE_VERSION))
    publish(home, reference_rows())
    return duckdb.connect(str(home.database), read_only=True)


def rows(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return database.execute(query).fetchall()


def test_a_country_by_year_with_the_words_that_prove_it(home: Home) -> None:
    pages = (
        country_page("4680d6a11", 2008, "Kenya", "KENYA (Tier 2)"),
        country_page("4680d6a12", 2009, "Kenya", "Kenya (Tier 2 Watch List)"),
        country_page("4680d6a13", 2009, "Somalia", "Somalia (Special Case)"),
    )
    with published(home, *pages) as database:
        assert rows(
            database,
            "SELECT country_code, report_year, tier, is_contested FROM tip_timeline ORDER BY ALL",
        ) == [
            ("KEN", 2008, "Tier 2", False),
            ("KEN", 2009, "Tier 2 Watch List", False),
            ("SOM", 2009, "Special Case", False),
        ]
        assert rows(
            database,
            "SELECT DISTINCT told_year, tier FROM tip_history",
        ) == [(2004, "Tier 3")]
        proof = rows(
            database, "SELECT capture_id, printed, byte_start, byte_end FROM tip_placements"
        )
    payloads = {page.capture_id: page.payload for page in pages}
    for capture_id, printed, start, end in proof:
        assert payloads[capture_id][start:end].decode() == printed


def test_documents_that_disagree_give_no_tier(home: Home) -> None:
    one = country_page("4680d6a11", 2008, "Kenya", "KENYA (Tier 2)")
    other = country_page("4680d6a12", 2008, "Kenya", "KENYA (Tier 3)")
    with published(home, one, other) as database:
        assert rows(database, "SELECT tier, is_contested, document_ids FROM tip_timeline") == [
            (None, True, ["4680d6a11", "4680d6a12"])
        ]
